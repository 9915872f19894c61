import { PAGES } from '@sallyport/contract/server/pages';
import { useAccount } from '../api/use-api.ts';
import { PageLink } from '../shell/page-link.tsx';
import { texts } from '../texts.ts';

/** What an empty list says, and where that is done which comes first: for administrators by the five steps. */
export function First({ says }: { readonly says: string }) {
  const administrator = useAccount().data?.administrator === true;
  return (
    <>
      {says}{' '}
      {administrator ? (
        <PageLink to={PAGES.setup}>{texts.setup.title}</PageLink>
      ) : (
        <PageLink to={PAGES.home}>{texts.notFound.home}</PageLink>
      )}
    </>
  );
}
