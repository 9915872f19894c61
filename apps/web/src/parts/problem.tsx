import { Alert } from '@mantine/core';
import type { SallyportError } from '@sallyport/contract/errors';

/** Why something did not work: sentence, fields, remedy and code. */
export function ProblemNote({ error }: { readonly error: SallyportError | null }) {
  if (error === null) return null;
  return (
    <Alert color="red" variant="light" title={error.message} role="alert">
      {error.errors.map(({ field, message }) => (
        <div key={`${field} ${message}`}>
          <b>{field}</b> {message}
        </div>
      ))}
      {error.remedy !== '' && <div>{error.remedy}</div>}
      <span className="mono quiet">{error.code}</span>
    </Alert>
  );
}
