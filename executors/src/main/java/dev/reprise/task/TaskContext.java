package dev.reprise.task;

import static dev.reprise.cache.base.Checks.checkArgument;

import org.jspecify.annotations.Nullable;

/**
 * What user code may ask about the unit it runs in, and how it learns that it should stop. Threads
 * that user code starts see the same.
 *
 * <p>Nothing of what it tells belongs into a result: it differs from attempt to attempt, and no key
 * covers it.
 */
public abstract class TaskContext {
  private static final int LONGEST_VERSION = 250;

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

  /**
   * Says what version the data has that the unit returns, in place of its content: units that take
   * it have this in their keys. So a result that differs in what does not matter, such as a time
   * stamp or an order, leaves what follows cached.
   *
   * <p>Whoever says it answers for it: if a unit of this step and partition says the same again, be
   * it with other arguments or code, what follows takes what was made of the other data. An element
   * of a fan-out is no such partition, as its number is another if one is added before it: there
   * what it takes counts, too. The last one said counts, for all that a step with several results
   * or elements returns; {@link #dataVersion(String, String)} goes first. Of no account where a
   * function is tested by itself.
   *
   * @param version 1 to 250 characters
   * @throws IllegalArgumentException if it is empty or longer
   */
  public final void dataVersion(String version) {
    say("", checkVersion(version));
  }

  /**
   * Says what version one of several results has, as {@link #dataVersion(String)}.
   *
   * @param output a component of the record that the unit returns; if it has none of that name the
   *     unit fails
   */
  public final void dataVersion(String output, String version) {
    checkArgument(!output.isEmpty(), "a result of several has a name");
    say(output, checkVersion(version));
  }

  private static String checkVersion(String version) {
    checkArgument(
        !version.isEmpty() && version.length() <= LONGEST_VERSION,
        "a data version has 1 to %s characters, this has %s",
        LONGEST_VERSION,
        version.length());
    return version;
  }

  /**
   * Takes a data version.
   *
   * @param output empty for all that the unit returns
   */
  protected void say(String output, String version) {}

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
