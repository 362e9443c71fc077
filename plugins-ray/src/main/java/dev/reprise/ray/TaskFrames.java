package dev.reprise.ray;

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
 * @param store folder of the results
 * @param freeSpaceFloor of the store, in bytes
 * @param channel folder of the tasks' files
 * @param graceMillis how long a cancelled unit may take to end
 */
record TaskFrames(
    Path codeFolder, String code, Path store, long freeSpaceFloor, Path channel, long graceMillis) {
  byte[] of(Flight flight) {
    try {
      byte[] chunk = Envelope.pack(flight.chunk);
      ChunkFrame frame =
          new ChunkFrame(
              flight.task,
              store.toString(),
              freeSpaceFloor,
              channel.toString(),
              graceMillis,
              chunk);
      return new Frame(codeFolder.toString(), code, frame.encode()).encode();
    } catch (EnvelopeException e) {
      throw new IllegalStateException(e); // it was packed when it was submitted
    }
  }
}
