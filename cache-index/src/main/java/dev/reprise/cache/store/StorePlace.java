package dev.reprise.cache.store;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.base.HostName;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Where workers find the store of a run. One that lasts as long as its run may lie in a folder of
 * the driver's machine alone, above one that all machines reach and that may only be read.
 *
 * @param folder of the store
 * @param below folder of the one below it; empty if there is none
 * @param farther folders of stores that are asked for what it does not have, one a line; empty if
 *     there are none
 */
public record StorePlace(String folder, String below, String farther) implements Serializable {
  private static final long serialVersionUID = 2L;

  /** A place without farther stores. */
  public StorePlace(String folder, String below) {
    this(folder, below, "");
  }

  /**
   * The place of the store in {@code folder}.
   *
   * @param farther folders behind it, as {@link FartherStores#foldersBehind} has them
   * @throws IOException if it cannot be told whether there is one below it
   */
  public static StorePlace of(Path folder, List<String> farther) throws IOException {
    Path below = LayeredResultStore.below(folder);
    return new StorePlace(
        folder.toString(), below == null ? "" : below.toString(), String.join("\n", farther));
  }

  /** Appends it. */
  public ByteWriter write(ByteWriter to) {
    return to.putString(folder).putString(below).putString(farther);
  }

  /** Reads what {@link #write} wrote. */
  public static StorePlace read(ByteReader from) throws BadRecordException {
    return new StorePlace(from.getString(), from.getString(), from.getString());
  }

  /**
   * Opens the store, as {@link LayeredResultStore#open}, with the farther ones behind it. Where the
   * one below is there alone, that one is read; what does not fit inline is refused with {@link
   * ReadOnlyStoreException}.
   *
   * @throws IOException if neither is there or can be used; the message says what to do
   */
  public ResultStore open(FileResultStore.Settings settings) throws IOException {
    // A farther one that this machine does not reach is as one without the blob: the driver knows.
    return FartherStores.behind(near(settings), farther.lines().toList(), unreachable -> {});
  }

  private ResultStore near(FileResultStore.Settings settings) throws IOException {
    Path above = Path.of(folder);
    if (below.isEmpty() || Files.isDirectory(above)) {
      return LayeredResultStore.open(above, settings);
    }
    return FileResultStore.open(Path.of(below), settings)
        .onlyRead(
            "what this run makes goes to %s, which is not on %s, and the store %s may only be read; name a store that all machines can write with --store"
                .formatted(folder, HostName.find(), below));
  }

  /** For people. */
  @Override
  public String toString() {
    return below.isEmpty() ? folder : folder + " above " + below;
  }
}
