/** Migration 8: models of the service and of mailboxes beside those of domains: a model has an id of its own. */

export const bayesModels = {
  name: '0008-bayes-models',
  statements: `
alter table bayes_models rename column domain_id to model_id;
alter table bayes_mails rename column domain_id to model_id;
alter table bayes_tokens rename column domain_id to model_id;

-- Whose it is; neither for that of the service.
alter table bayes_models alter column account_id drop not null;
alter table bayes_models add column domain_id uuid;
update bayes_models set domain_id = model_id;
`,
} as const;
