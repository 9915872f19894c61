import type { ImageView } from '@sallyport/contract/server/images';
import { PAGES } from '@sallyport/contract/server/pages';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useApi, useChange } from '../api/use-api.ts';
import { Loaded, Page } from '../parts/page.tsx';
import { ProblemNote } from '../parts/problem.tsx';
import { PageLink } from '../shell/page-link.tsx';
import { texts } from '../texts.ts';
import { ImageForm } from './image-form.tsx';

/** One image, or a new one where the id is `new`. */
export function ImagePage() {
  const { id = 'new' }: { readonly id?: string } = useParams({ strict: false });
  const navigate = useNavigate();
  const isNew = id === 'new';
  const image = useApi('showImage', { params: { id } }, { enabled: !isNew });
  // It lives longer than the form, which begins anew with what was saved.
  const start = useChange(
    'startSession',
    (session) => void navigate({ to: PAGES.session.replace('{id}', session.id) }),
  );
  const onSaved = (saved: ImageView, tries: boolean): void => {
    if (!tries) void navigate({ to: PAGES.images });
    else {
      void navigate({ to: PAGES.image.replace('{id}', saved.id), replace: true });
      start.mutate({ body: { imageId: saved.id } });
    }
  };
  return (
    <Page
      title={isNew ? texts.images.adding : texts.images.editing(image.data?.name ?? '')}
      actions={<PageLink to={PAGES.images}>{texts.images.back}</PageLink>}
    >
      <ProblemNote error={start.error} />
      {isNew ? (
        <ImageForm image={null} onSaved={onSaved} />
      ) : (
        <Loaded query={image}>
          {(read) => <ImageForm key={read.version} image={read} onSaved={onSaved} />}
        </Loaded>
      )}
    </Page>
  );
}
