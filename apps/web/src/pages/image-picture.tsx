import { Button, FileInput, Group } from '@mantine/core';
import { useState } from 'react';
import { texts } from '../texts.ts';

const words = texts.images.picture;
/** As the server has it: no SVG, which can hold scripts. */
const KINDS = 'image/png,image/jpeg,image/webp';
/** Bytes; sent as text it becomes a third longer, and the server takes 273,000. */
const MOST = 200_000;

interface PictureProps {
  /** As a `data:` URL; null: none. */
  readonly picture: string | null;
  readonly onChange: (picture: string | null) => void;
  readonly wrong: string | undefined;
}

/** The picture on the card of an image. */
export function ImagePicture({ picture, onChange, wrong }: PictureProps) {
  const [large, setLarge] = useState(false);
  const take = async (file: File | null): Promise<void> => {
    if (file === null) return;
    setLarge(file.size > MOST);
    if (file.size <= MOST) onChange(await readDataUrl(file));
  };
  return (
    <Group align="end" gap="sm">
      {picture !== null && <img className="sample" src={picture} alt={words.present} />}
      <FileInput
        flex={1}
        label={words.label}
        description={words.help}
        placeholder={picture === null ? words.choose : words.another}
        accept={KINDS}
        value={null}
        error={large ? words.large : wrong}
        onChange={(file) => void take(file)}
      />
      {picture !== null && (
        <Button variant="subtle" color="red" onClick={() => onChange(null)}>
          {words.remove}
        </Button>
      )}
    </Group>
  );
}

function readDataUrl(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.addEventListener('load', () => resolve(reader.result as string));
    reader.addEventListener('error', () => reject(reader.error ?? new Error('not readable')));
    reader.readAsDataURL(file);
  });
}
