/**
 * Waits a millisecond. Work that only awaits R2 keeps a local isolate's event loop so busy that it takes in no request meanwhile: it looks for new
 * ones when it is idle.
 */
export function letOthersIn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1));
}
