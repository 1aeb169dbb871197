export { didYouMean } from '../messaging/did-you-mean.ts';
