import { Button } from '@mantine/core';
import { type RefObject, useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import type Rfb from '@novnc/novnc';
import { texts } from '../../texts.ts';
import { keysymsOf } from './keysyms.ts';

/**
 * Opens the keyboard of a phone: it comes only for a field, so there is one that nobody sees. What is typed into it
 * goes to the desktop and never stays.
 */
export function KeyboardButton({ rfb }: { readonly rfb: RefObject<Rfb | null> }) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => {
    const area = field.current;
    if (area === null) return undefined;
    const send = (event: InputEvent): void => {
      // Words that are still composed are sent when they are done.
      if (event.isComposing) return;
      event.preventDefault();
      for (const keysym of keysymsOf(event)) rfb.current?.sendKey(keysym, null);
    };
    const sendComposed = ({ data }: CompositionEvent): void => {
      for (const keysym of keysymsOf({ inputType: 'insertText', data })) {
        rfb.current?.sendKey(keysym, null);
      }
      area.value = '';
    };
    area.addEventListener('beforeinput', send);
    area.addEventListener('compositionend', sendComposed);
    return () => {
      area.removeEventListener('beforeinput', send);
      area.removeEventListener('compositionend', sendComposed);
    };
  }, [rfb]);
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => field.current?.focus()}>
        {texts.desktop.keyboard}
      </Button>
      {createPortal(
        <textarea
          ref={field}
          className="hidden"
          aria-label={texts.desktop.typeHere}
          autoCapitalize="off"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          tabIndex={-1}
        />,
        document.body,
      )}
    </>
  );
}
