import { Document, isScalar, visit } from 'yaml';
import { isPrintable, printableYaml } from '../printable.ts';

/**
 * YAML that is safe to look at and reads back as the same values: descriptions may hold what a terminal
 * would obey. Such texts are quoted, where YAML knows escapes.
 */
export function stringifySafely(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === 'string' && !isPrintable(node.value)) {
        node.type = 'QUOTE_DOUBLE';
      }
    },
  });
  return printableYaml(document.toString({ lineWidth: 0, doubleQuotedAsJSON: true }));
}
