-- serviceListsOf the service
select "lists", "revision", "position"
  from "service_lists";
