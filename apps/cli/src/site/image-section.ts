import type { DocumentImage } from '@sallyport/contract/server/site-document';
import type { Group, Image } from '../server/find.ts';
import type { Present, Section } from './section.ts';

/** Names of networks and references are checked where they are read. */
type ImageForm = Omit<DocumentImage, 'networks' | 'dockerImage'> &
  Pick<Image, 'networks' | 'dockerImage'>;

interface PresentImage extends Present<ImageForm> {
  readonly image: Image;
}

/** How the file writes an image. @param names of groups by id */
export function imageForm(image: Image, names: ReadonlyMap<string, string>): ImageForm {
  const { id: _id, version: _version, createdAt: _made, updatedAt: _changed, ...rest } = image;
  const { widening: _widening, groups, ...form } = rest;
  return { ...form, groups: groups.map((id) => names.get(id) ?? id).toSorted() };
}

interface ImageSurroundings {
  readonly present: readonly Image[];
  readonly groups: readonly Group[];
  readonly confirmWidening: boolean;
}

/** Images of the file against those of the server. */
export function imageSection(
  wanted: readonly DocumentImage[],
  { present, groups, confirmWidening }: ImageSurroundings,
): Section<ImageForm, PresentImage> {
  const names = new Map(groups.map(({ id, name }) => [id, name]));
  const bodyOf = (form: ImageForm) => ({ ...form, confirmWidening });
  return {
    kind: 'image',
    wanted: wanted.map((form) => ({ ...form, groups: form.groups.toSorted() })),
    present: present.map((image) => ({
      name: image.name,
      form: imageForm(image, names),
      kept: '',
      image,
    })),
    nameOf: ({ name }) => name,
    matches: (form, { image }) => form.name === image.name,
    create: (form) => ({ endpoint: 'createImage', body: bodyOf(form) }),
    update: ({ image: { id, version } }, form) => {
      return { endpoint: 'updateImage', id, version, body: bodyOf(form) };
    },
    remove: ({ image }) => ({ endpoint: 'deleteImage', id: image.id }),
  };
}
