package dev.reprise.cache.code;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A folder or jar that holds class files. Equal roots are the same object within one source. */
interface CodeRoot extends Closeable {
  /**
   * Reads one file.
   *
   * @return null if there is none or it is a folder
   */
  byte @Nullable [] read(String path) throws IOException;

  /**
   * The classes that lie directly in a package.
   *
   * @param folder the package with slashes, one at its end too
   * @return internal names, ascending, without {@code package-info} and {@code module-info}; null
   *     if this root cannot be listed
   */
  @Nullable List<String> classesIn(String folder) throws IOException;
}
