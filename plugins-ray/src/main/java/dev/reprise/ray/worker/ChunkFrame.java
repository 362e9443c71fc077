package dev.reprise.ray.worker;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;

/**
 * What a {@link ChunkRunner} is given.
 *
 * @param task name of the Ray task, unique in the channel
 * @param store folder of the result store
 * @param freeSpaceFloor of the store, in bytes
 * @param channel folder of the {@link TaskFiles}
 * @param graceMillis how long a cancelled unit may take to end
 * @param chunk the units, in their envelope
 */
@SuppressWarnings("ArrayRecordComponent") // goes from array to array, compared by nobody
public record ChunkFrame(
    String task,
    String store,
    long freeSpaceFloor,
    String channel,
    long graceMillis,
    byte[] chunk) {
  /** Packs it. */
  public byte[] encode() {
    return new ByteWriter()
        .putString(task)
        .putString(store)
        .putLong(freeSpaceFloor)
        .putString(channel)
        .putLong(graceMillis)
        .putBytes(chunk)
        .toByteArray();
  }

  static ChunkFrame decode(byte[] bytes) throws BadRecordException {
    ByteReader in = new ByteReader(bytes);
    return new ChunkFrame(
        in.getString(), in.getString(), in.getLong(), in.getString(), in.getLong(), in.getBytes());
  }
}
