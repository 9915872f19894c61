/** The test image under the name that tests use. */
export const probeImage = 'sallyport-lab/probe';

/** Where built images are kept, for all labs and all checkouts of this machine. */
export const imageCache = '/var/cache/sallyport-lab';
