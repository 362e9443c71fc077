package dev.reprise.cache.store;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The folders whose names changed since they were last made durable. */
final class UnsyncedFolders {
  private final StoreFolder store;
  private final Set<Path> folders = ConcurrentHashMap.newKeySet();

  UnsyncedFolders(StoreFolder store) {
    this.store = store;
  }

  void add(Path folder) {
    folders.add(folder);
  }

  /**
   * Makes durable what was added before. One at a time: whoever comes second may have added a
   * folder that the first is still busy with.
   */
  synchronized void sync() throws IOException {
    for (Path folder : List.copyOf(folders)) {
      folders.remove(folder); // before, so that what is added meanwhile counts for the next time
      try {
        store.sync(folder);
      } catch (NoSuchFileException e) {
        throw e; // somebody removed it with all that was in it: nothing is left to be made durable
      } catch (IOException e) {
        folders.add(folder);
        throw e;
      }
    }
  }
}
