/** The last answer of a promise that a page gets anew at each load: the old one stays until the new one is there. */
export class Latest<T> {
  value: T | undefined = $state.raw();

  /** Call it while a component is made. */
  constructor(promise: () => Promise<T | undefined>) {
    $effect(() => {
      const asked = promise();
      let isOver = false;
      void asked.then((value) => {
        if (!isOver) this.value = value;
      });
      return () => {
        isOver = true;
      };
    });
  }
}
