// Package datasets loads the data sets that Keras' books and tutorials train
// on, in Keras' order, split and numbers, and reads CSV files.
//
// The files of the larger sets are looked for in this order:
//
//  1. the folder that the config's Dir names, when it is set, and nowhere else;
//  2. the folder that the environment variable GLEARN_DATA names;
//  3. the cache, glearn in [os.UserCacheDir];
//  4. the public download, once, checked by hash and kept in the cache.
//
// [Find] looks without downloading. Small sets ([Iris], [Wine], [BreastCancer],
// [Digits]) are part of the program and need no files.
//
// Files are data, never code. A file that is damaged or hostile gives an error
// that names it and the place in it, and takes no more memory than its size
// accounts for.
package datasets
