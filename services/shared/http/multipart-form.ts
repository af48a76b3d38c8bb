import type { MIMEType } from 'node:util';
import busboy from 'busboy';
import { Problem } from '../message/problem.ts';
import type { Field } from './form-fields.ts';

/** In the head of a part: a charset that the part is said to be in. */
const OTHER_CHARSET = /^content-type:.*charset\s*=\s*"?(?!utf-?8\b)/im;

/**
 * Reads the fields of a multipart form; `text` is its bytes decoded strictly, which busboy does not. Throws a Problem for a form that
 * is broken or not UTF-8, and for files.
 */
export async function parseMultipart(type: MIMEType, bytes: Buffer, text: string): Promise<Field[]> {
  // busboy decodes a part by the charset that it names, without telling.
  const parts = text.split(`--${type.params.get('boundary')}`);
  if (parts.some((part) => OTHER_CHARSET.test(part.split('\r\n\r\n', 1)[0] ?? '')))
    throw new Problem(
      'unsupported-media-type',
      'A part of the form is in a charset that is not taken here; use UTF-8.',
    );
  return new Promise((resolve, reject) => {
    const refuse = (detail: string, cause?: unknown) => reject(new Problem('malformed', detail, { cause }));
    const fields: Field[] = [];
    const limits = { fields: 8, files: 0, fieldSize: bytes.length, fieldNameSize: 100 };
    try {
      const parser = busboy({ headers: { 'content-type': String(type) }, limits });
      parser.on('field', (name, value) => fields.push([name, value]));
      parser.on('filesLimit', () => refuse('A form with a file is not taken here.'));
      parser.on('fieldsLimit', () => refuse('The form has too many fields.'));
      parser.on('error', (cause) => refuse('The multipart form cannot be read.', cause));
      parser.on('close', () => resolve(fields));
      parser.end(bytes);
    } catch (cause) {
      refuse('The multipart form cannot be read.', cause);
    }
  });
}
