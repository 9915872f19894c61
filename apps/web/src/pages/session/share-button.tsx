import { Alert, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { takeOut, useApi, useChange } from '../../api/use-api.ts';
import { Loaded } from '../../parts/page.tsx';
import { ProblemNote } from '../../parts/problem.tsx';
import { showTime } from '../../parts/time.ts';
import { texts } from '../../texts.ts';

const MODES = ['view', 'control'] as const;

/** Links by which others see the session: made, listed, revoked. */
export function ShareButton({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button size="compact-xs" variant="default" onClick={() => setOpen(true)}>
        {texts.desktop.share}
      </Button>
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={texts.desktop.share}
        closeButtonProps={{ 'aria-label': texts.cancel }}
      >
        <Shares id={id} />
      </Modal>
    </>
  );
}

function Shares({ id }: { readonly id: string }) {
  const shares = useApi('listShares', { params: { id } });
  const create = useChange('createShare');
  const revoke = useChange('deleteShare', {
    ahead: (client, { params }) =>
      takeOut(client, ['listShares', { params: { id } }], params.shareId),
  });
  return (
    <Stack gap="sm">
      <Group>
        {MODES.map((mode) => (
          <Button
            key={mode}
            size="xs"
            variant="default"
            onClick={() => create.mutate({ params: { id }, body: { mode } })}
          >
            {texts.desktop.makeLink(texts.desktop[mode])}
          </Button>
        ))}
      </Group>
      {create.data !== undefined && (
        <Alert title={texts.desktop.linkOnce} role="status">
          <code className="mono link-text">
            {new URL(create.data.url, globalThis.location.href).href}
          </code>
        </Alert>
      )}
      <ProblemNote error={create.error ?? revoke.error} />
      <Loaded query={shares}>
        {(all) =>
          all.map((share) => (
            <Group key={share.id} justify="space-between">
              <Text size="sm">
                {texts.desktop[share.mode]}, {texts.desktop.ends(showTime(share.expiresAt))}
              </Text>
              <Button
                size="compact-xs"
                variant="default"
                onClick={() => revoke.mutate({ params: { id, shareId: share.id } })}
              >
                {texts.desktop.revoke}
              </Button>
            </Group>
          ))
        }
      </Loaded>
    </Stack>
  );
}
