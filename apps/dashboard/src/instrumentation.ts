export { onRequestError, register } from './main.ts';
