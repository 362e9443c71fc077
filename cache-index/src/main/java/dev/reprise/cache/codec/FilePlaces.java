package dev.reprise.cache.codec;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Where files go that are read back from the store. Who gives the place owns it and removes it with
 * all that is in it when the values are no longer used.
 */
@FunctionalInterface
public interface FilePlaces {
  /** No places: results that are files cannot be read back. */
  FilePlaces NONE =
      () -> {
        throw new IOException("there is no place here for a file from the store");
      };

  /** Returns an empty directory that nothing else is put into. */
  Path newFolder() throws IOException;
}
