package dev.reprise.executor;

/**
 * A backend that runs attempts. The scheduler calls it from one thread at a time; it answers
 * through the listener from any thread.
 *
 * <p>Each attempt that was submitted is answered exactly once. Two attempts of one unit are
 * expected to give the same result; which one counts is not the executor's business. No method
 * waits for user code.
 */
public interface TaskExecutor extends AutoCloseable {
  /** Name for people and for {@code --executor}, such as {@code local}. */
  String name();

  /**
   * How many units may be submitted and not yet answered, so that no slot idles and no long queue
   * builds up.
   */
  int window();

  /**
   * For how long the slots have work if they are given no more, about and rather too short: so long
   * the scheduler need not hear of what ended, and takes it together. It asks often, from the run's
   * thread: the answer must be quick and must not fail.
   *
   * @return nanoseconds; 0 if a slot may idle soon, or nothing is known
   */
  default long nanosOfWork() {
    return 0;
  }

  /**
   * Contacts the engine, as far as there is anything to contact; may take minutes. Called once,
   * before the first {@link #submit}, in a thread of its own, which is interrupted when nobody
   * waits for it any more. No other method is called before it returned, but {@link #close} after
   * it.
   *
   * @throws ExecutorUnavailableException if the engine cannot be reached
   */
  default void start() throws ExecutorUnavailableException {}

  /**
   * Starts the attempts of {@code chunk}.
   *
   * @throws ExecutorUnavailableException if the engine cannot be reached or refuses the chunk's
   *     resources for good; no attempt of the chunk was started
   */
  void submit(WorkChunk chunk, AttemptListener listener) throws ExecutorUnavailableException;

  /**
   * Asks attempts to end: queued ones are answered with {@code CANCELLED} at once, running ones are
   * interrupted and, if they do not heed it, abandoned; their slots are regained.
   */
  void cancel(long[] attempts);

  /** Ends what still runs and frees what the executor holds; does nothing the second time. */
  @Override
  void close();

  /** Takes what becomes of attempts. Called from any thread; must not wait. */
  interface AttemptListener {
    /** User code of the attempt is about to run. */
    void started(long attempt);

    /** The attempt ended; the last word on it. */
    void finished(long attempt, AttemptResult result);
  }
}
