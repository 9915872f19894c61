/**
 * The nonce of this document. Mantine and the library that locks scrolling behind dialogs make style
 * sheets while they run, which the policy allows only with it.
 */
export const nonce =
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';

// What `get-nonce` (react-remove-scroll) looks for.
Object.assign(globalThis, { __webpack_nonce__: nonce });
