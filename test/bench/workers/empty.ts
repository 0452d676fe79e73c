/** The least Worker there is: what a runtime costs without us. */
export default {
  fetch: () => new Response("ok"),
} satisfies ExportedHandler;
