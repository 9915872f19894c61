import { useLocation, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';

interface PageLinkProps {
  readonly to: string;
  readonly className?: string;
  readonly onFollow?: () => void;
  readonly children: ReactNode;
}

/** A link within the page. With a modifier key the browser does what it does with links. */
export function PageLink({ to, className = '', onFollow, children }: PageLinkProps) {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const here = pathname === to || (to.startsWith('/admin/') && pathname.startsWith(`${to}/`));
  return (
    <a
      href={to}
      className={here ? `${className} active` : className}
      aria-current={here ? 'page' : undefined}
      onClick={(event) => {
        if (event.metaKey || event.ctrlKey || event.shiftKey) return;
        event.preventDefault();
        onFollow?.();
        void navigate({ to });
      }}
    >
      {children}
    </a>
  );
}
