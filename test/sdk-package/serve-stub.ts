/** Serves the stub until it is ended, and prints its address: for consumers in processes of their own. */
import { startStubService } from "./stub-service.ts";

const { url } = await startStubService();
console.log(url);
