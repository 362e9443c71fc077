package dev.reprise.cache.store;

import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * The temporary file that a blob would need which does not fit inline, in a store that is only
 * read.
 *
 * @param why for people
 */
record RefusedFile(String why) implements FileBlobWriter.Temporary {
  @Override
  public FileChannel create() throws IOException {
    throw new ReadOnlyStoreException(why);
  }

  @Override
  public String name() {
    throw new IllegalStateException("there is no such file: " + why);
  }

  @Override
  public void remove() {}

  @Override
  public IOException explain(IOException failure) {
    return failure;
  }
}
