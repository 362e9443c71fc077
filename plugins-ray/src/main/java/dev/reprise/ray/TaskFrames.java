package dev.reprise.ray;

import dev.reprise.cache.store.StorePlace;
import dev.reprise.executor.envelope.Envelope;
import dev.reprise.executor.envelope.EnvelopeException;
import dev.reprise.ray.bootstrap.Frame;
import dev.reprise.ray.worker.ChunkFrame;
import java.nio.file.Path;

/**
 * Makes the bytes that a task is given.
 *
 * @param codeFolder where code lies, as workers see it
 * @param code digest of the code list
 * @param store where the results go
 * @param freeSpaceFloor of the store, in bytes
 * @param channel folder of the tasks' files
 * @param graceMillis how long a cancelled unit may take to end
 */
record TaskFrames(
    Path codeFolder,
    String code,
    StorePlace store,
    long freeSpaceFloor,
    Path channel,
    long graceMillis) {
  byte[] of(Flight flight) {
    try {
      byte[] chunk = Envelope.pack(flight.chunk);
      ChunkFrame frame =
          new ChunkFrame(
              flight.task,
              store,
              freeSpaceFloor,
              channel.toString(),
              codeFolder.resolve(code).toString(),
              graceMillis,
              flight.budgetNanos,
              chunk);
      return new Frame(codeFolder.toString(), code, frame.encode()).encode();
    } catch (EnvelopeException e) {
      throw new IllegalStateException(e); // it was packed when it was submitted
    }
  }
}
