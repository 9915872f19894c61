import { PAGES } from '@sallyport/contract/server/pages';
import { useParams } from '@tanstack/react-router';
import { useApi } from '../api/use-api.ts';
import { Loaded, Page } from '../parts/page.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { texts } from '../texts.ts';
import { ImageForm } from './image-form.tsx';

/** One image, or a new one where the id is `new`. */
export function ImagePage() {
  const { id = 'new' }: { readonly id?: string } = useParams({ strict: false });
  const isNew = id === 'new';
  const image = useApi('showImage', { params: { id } }, { enabled: !isNew });
  const back = <PageLink to={PAGES.images}>{texts.images.back}</PageLink>;
  if (isNew) {
    return (
      <Page title={texts.images.adding} actions={back}>
        <ImageForm image={null} />
      </Page>
    );
  }
  return (
    <Page title={texts.images.editing(image.data?.name ?? '')} actions={back}>
      <Loaded query={image}>{(read) => <ImageForm key={read.version} image={read} />}</Loaded>
    </Page>
  );
}
