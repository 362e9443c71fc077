package dev.reprise.worker;

import dev.reprise.cache.store.Manifest;
import dev.reprise.cache.store.PartitionRef;
import dev.reprise.executor.TaskCode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How an engine that computes tables itself gives them to user code in the driver's process, and
 * takes them from it: as its own class in place of {@link dev.reprise.cache.codec.ArrowTable}. One
 * serves all units of a worker.
 */
public interface TableForm {
  /**
   * Begins a unit, on the thread that runs it.
   *
   * @throws EngineFailedException if the engine is not there any more
   */
  Use begin(RunningUnit unit) throws EngineFailedException;

  /** What one unit uses, on its thread; closed when its result is written or it failed. */
  interface Use extends AutoCloseable {
    /** What the engine passes to user code in front of the step's arguments, if it takes that. */
    Object context();

    /**
     * The table that lies in {@code pieces}, as an argument.
     *
     * @throws Exception if it cannot be one; the message says what to do
     */
    Object read(List<PartitionRef> pieces) throws Exception;

    /** Whether a value that user code returned is a table of this form. */
    boolean takes(@Nullable Object value);

    /**
     * Computes a table and writes it.
     *
     * @param code of the task: limit for what may be inline, order of rows
     * @param fileName unique to the attempt
     * @param inOnePiece whether it must be one partition
     * @return with inline and pending partitions
     * @throws Exception what user code throws when the table is computed, among others
     */
    Manifest write(Object table, TaskCode code, String fileName, boolean inOnePiece)
        throws Exception;

    /**
     * What went wrong, now that the engine told it in its own way: what user code threw, {@link
     * dev.reprise.cache.store.DamagedBlobException} for an input, or {@link EngineFailedException}.
     */
    Throwable meaning(Throwable thrown);

    @Override
    void close();
  }
}
