import type Rfb from '@novnc/novnc';
import { Button, Popover, Stack, Text, Textarea } from '@mantine/core';
import type { Ticket } from '@sallyport/contract/server/displays';
import { type RefObject, useEffect, useState } from 'react';
import { texts } from '../../texts.ts';

interface ClipboardButtonProps {
  readonly rfb: RefObject<Rfb | null>;
  readonly ticket: Ticket;
  /** The last text of the session. */
  readonly text: string;
}

/** Both ways, as far as the ticket allows. The server enforces it; see docs/display.md. */
export function ClipboardButton({ rfb, ticket, text }: ClipboardButtonProps) {
  const [written, setWritten] = useState('');
  useEffect(() => {
    if (!ticket.clipboardOut || text === '') return;
    setWritten(text);
    // There is no clipboard for pages without https, and browsers may refuse: the field has the text.
    if (globalThis.isSecureContext) {
      navigator.clipboard.writeText(text).catch(() => undefined);
    }
  }, [text, ticket.clipboardOut]);
  if (!ticket.clipboardIn && !ticket.clipboardOut) {
    return (
      <Text size="xs" className="quiet">
        {texts.desktop.noClipboard}
      </Text>
    );
  }
  return (
    <Popover width={320} trapFocus>
      <Popover.Target>
        <Button size="compact-xs" variant="default">
          {texts.desktop.clipboard}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Textarea
            label={texts.desktop.clipboardText}
            rows={4}
            value={written}
            onChange={({ currentTarget }) => setWritten(currentTarget.value)}
          />
          {ticket.clipboardIn && (
            <Button size="xs" onClick={() => rfb.current?.clipboardPasteFrom(written)}>
              {texts.desktop.send}
            </Button>
          )}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
