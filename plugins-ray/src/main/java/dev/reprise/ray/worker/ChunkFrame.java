package dev.reprise.ray.worker;

import dev.reprise.cache.base.BadRecordException;
import dev.reprise.cache.base.ByteReader;
import dev.reprise.cache.base.ByteWriter;
import dev.reprise.cache.store.StorePlace;

/**
 * What a {@link ChunkRunner} is given.
 *
 * @param task name of the Ray task, unique in the channel
 * @param store where the result store is
 * @param freeSpaceFloor of the store, in bytes
 * @param channel folder of the {@link TaskFiles}
 * @param code the list of the code, for people
 * @param graceMillis how long a cancelled unit may take to end
 * @param budgetNanos after which no unit is begun any more but the first
 * @param chunk the units, in their envelope
 */
@SuppressWarnings("ArrayRecordComponent") // goes from array to array, compared by nobody
public record ChunkFrame(
    String task,
    StorePlace store,
    long freeSpaceFloor,
    String channel,
    String code,
    long graceMillis,
    long budgetNanos,
    byte[] chunk) {
  /** Packs it. */
  public byte[] encode() {
    return store
        .write(new ByteWriter().putString(task))
        .putLong(freeSpaceFloor)
        .putString(channel)
        .putString(code)
        .putLong(graceMillis)
        .putLong(budgetNanos)
        .putBytes(chunk)
        .toByteArray();
  }

  static ChunkFrame decode(byte[] bytes) throws BadRecordException {
    ByteReader in = new ByteReader(bytes);
    return new ChunkFrame(
        in.getString(),
        StorePlace.read(in),
        in.getLong(),
        in.getString(),
        in.getString(),
        in.getLong(),
        in.getLong(),
        in.getBytes());
  }
}
