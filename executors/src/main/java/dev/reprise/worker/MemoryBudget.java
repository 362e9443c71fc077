package dev.reprise.worker;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of results a worker may hold in memory, all together, because the store takes
 * none. What was finished is not given back: its run needs it to the end.
 */
final class MemoryBudget {
  private final long most;
  private final AtomicLong taken = new AtomicLong();

  /**
   * @param most bytes
   */
  MemoryBudget(long most) {
    this.most = most;
  }

  /** An eighth of the heap, since a result is there twice while it is encoded; 1 GiB at most. */
  static MemoryBudget ofHeap() {
    return new MemoryBudget(Math.min(Runtime.getRuntime().maxMemory() / 8, 1 << 30));
  }

  /**
   * Takes so many bytes.
   *
   * @throws ExhaustedException if they are not left; none are taken then
   */
  void take(int bytes) throws ExhaustedException {
    if (taken.addAndGet(bytes) > most) {
      give(bytes);
      throw new ExhaustedException(most);
    }
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }

  /** The store takes no bytes, and memory may hold no more of them. */
  static final class ExhaustedException extends IOException {
    private static final long serialVersionUID = 1L;

    ExhaustedException(long most) {
      super(
          "this result and those that are held in memory already are more than the %d MiB that they may have"
              .formatted(most >> 20));
    }

    ExhaustedException(IOException storeFull, ExhaustedException memoryFull) {
      super(
          "the store takes no bytes (%s), and %s; free some space on its disk, or name another folder with --store"
              .formatted(storeFull.getMessage(), memoryFull.getMessage()),
          storeFull);
    }
  }
}
