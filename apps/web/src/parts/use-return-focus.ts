import { useEffect } from 'react';

/**
 * Gives the keyboard back, when a dialog goes, to what had it before. The kit does that only for dialogs that stay
 * mounted while they are closed.
 */
export function useReturnFocus(): void {
  useEffect(() => {
    const before = document.activeElement;
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
}
