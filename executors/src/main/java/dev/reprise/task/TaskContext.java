package dev.reprise.task;

import org.jspecify.annotations.Nullable;

/**
 * What user code may ask about the unit it runs in, and how it learns that it should stop. Threads
 * that user code starts see the same.
 *
 * <p>Nothing of this belongs into a result: it differs from attempt to attempt, and no key covers
 * it.
 */
public abstract class TaskContext {
  private static final InheritableThreadLocal<@Nullable TaskContext> CURRENT =
      new InheritableThreadLocal<>();

  /** For workers. */
  protected TaskContext() {}

  /**
   * The unit that this thread runs, or one of no run, step and label, so that a function can be
   * tested by itself.
   */
  public static TaskContext current() {
    TaskContext context = CURRENT.get();
    return context == null ? Detached.INSTANCE : context;
  }

  /** Id of the run. */
  public abstract String run();

  /** Name of the step. */
  public abstract String step();

  /** Label of the partition; empty for an unpartitioned step. */
  public abstract String label();

  /** Number of the attempt, unique in the run. */
  public abstract long attempt();

  /**
   * Whether the unit was asked to end. Its thread is interrupted too; code that neither heeds the
   * interrupt nor asks here is abandoned after a while, and what it returns then is dropped.
   */
  public abstract boolean cancelled();

  /** Makes this the current context of the calling thread and of threads that it starts. */
  protected final void enter() {
    CURRENT.set(this);
  }

  /** Ends what {@link #enter} began; in the same thread. */
  protected final void leave() {
    CURRENT.set(null);
  }

  private static final class Detached extends TaskContext {
    static final Detached INSTANCE = new Detached();

    @Override
    public String run() {
      return "";
    }

    @Override
    public String step() {
      return "";
    }

    @Override
    public String label() {
      return "";
    }

    @Override
    public long attempt() {
      return 0;
    }

    @Override
    public boolean cancelled() {
      return Thread.currentThread().isInterrupted();
    }
  }
}
