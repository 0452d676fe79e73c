/** Questions to start with, written for this page. The documents stand as a first stage might have found them: by words, not by meaning. */
import { HANDBOOK } from "./sample-handbook.ts";

export interface Sample {
  name: string;
  /** Of query and documents. */
  language: "en" | "de";
  query: string;
  documents: readonly string[];
}

/** The page starts with the first. */
export const SAMPLES: readonly [Sample, ...Sample[]] = [
  {
    name: "Web search",
    language: "en",
    query: "How long can cooked rice stay in the fridge?",
    documents: [
      "How long to cook rice: white rice takes 18 minutes, brown rice about 40, wild rice close to an hour.",
      "Best rice cookers of the year: we cooked 60 pots of rice to find the one that stays warm the longest.",
      "A fridge can stay cold for about four hours in a power cut if its door is kept shut.",
      "Leftover rice keeps for three to four days when it is chilled within an hour and stored in a closed box.",
      "Fried rice is best made with cooked rice from the day before, because its grains are drier.",
      "Rice that stood warm for hours can make you ill: spores of Bacillus cereus survive cooking and grow at room temperature.",
      "Uncooked white rice lasts for years in a dry, dark cupboard. Brown rice turns rancid after about six months.",
      "Cooked grains such as quinoa, barley and rice can be frozen for up to half a year.",
    ],
  },
  {
    name: "Customer support",
    language: "en",
    query: "I was charged twice this month, how do I get my money back?",
    documents: [
      "Change your plan at any time under Settings, Plan. You are charged the difference for the rest of the month.",
      "Invite a friend and get a month for free. Your friend gets one, too.",
      "We charge your card on the first day of each month. The invoice is sent by e-mail.",
      "A payment that was taken two times is refunded automatically within five working days. If it was not, write to billing with both invoice numbers.",
      "To get back into your account, choose “Forgot password” and follow the link that we send you.",
      "A pending charge beside the real one is a check by your bank. It disappears after a few days and costs nothing.",
      "We accept all major credit cards, direct debit and, for yearly plans, payment by invoice.",
    ],
  },
  {
    name: "Code search",
    language: "en",
    query: "stop a fetch request after a timeout",
    documents: [
      "fetch(input, init): starts fetching a resource from the network. Returns a promise that is fulfilled once the response is available.",
      "setTimeout(callback, delay): calls a function after a delay in milliseconds. clearTimeout(id) stops it.",
      "Response.clone(): makes a copy of a response, so that its body can be read two times.",
      "AbortSignal.timeout(ms): returns a signal that aborts by itself after the given time. Pass it as the signal of a request.",
      "The header Retry-After says how long a client should wait before it makes a request again.",
      "const controller = new AbortController(); fetch(url, { signal: controller.signal }); controller.abort();",
      "keepalive: true lets a request outlive the page that started it.",
      "Event.stopPropagation(): prevents further propagation of an event in the capturing and bubbling phases.",
    ],
  },
  {
    name: "Long document",
    language: "en",
    query: "May I bring my dog to the office?",
    documents: [
      "Visitors' cars may be parked in front of the office. Bring your ticket to the desk, and it will be stamped.",
      HANDBOOK,
      "The office opens at seven and closes at eight. On Fridays it closes at six.",
      "Dogs are welcome on the second floor from Tuesday to Thursday if the colleagues in the room agree.",
      "Please bring your own cup. The cupboard with the dog on its door is for guests.",
      "Guide dogs and other assistance animals are allowed everywhere in the building, at any time.",
    ],
  },
  {
    name: "Deutsch",
    language: "de",
    query: "Wann muss ich meinen Mietvertrag kündigen?",
    documents: [
      "Den Mietvertrag unterschreiben beide Seiten; jede behält eine Ausfertigung.",
      "Der Handyvertrag läuft zwei Jahre und lässt sich danach jeden Monat kündigen.",
      "Die Kaution beträgt höchstens drei Monatsmieten ohne Nebenkosten.",
      "Mieter kündigen mit einer Frist von drei Monaten; das Schreiben muss am dritten Werktag des Monats da sein.",
      "Beim Auszug wird ein Protokoll über den Zustand der Wohnung angefertigt.",
      "Eine Mieterhöhung ist frühestens fünfzehn Monate nach dem Einzug möglich.",
    ],
  },
];
