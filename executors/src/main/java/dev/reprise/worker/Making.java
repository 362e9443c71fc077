package dev.reprise.worker;

import dev.reprise.executor.Argument;
import dev.reprise.executor.TaskCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the resources that one unit takes, each once, and closes them when the unit is done. */
final class Making implements AutoCloseable {
  private final Worker worker;
  private Map<String, @Nullable Object> made = Map.of(); // most units take none
  private final List<AutoCloseable> open = new ArrayList<>(0);
  private long nanos;

  Making(Worker worker) {
    this.worker = worker;
  }

  /**
   * The resource of that name, which is made when it is first asked for.
   *
   * @throws WorkerException if the user's code cannot be called, or fails
   * @throws Exception if its configuration cannot be decoded
   */
  @Nullable Object resource(Argument.Made wanted) throws Exception {
    if (made.containsKey(wanted.name())) {
      return made.get(wanted.name());
    }
    TaskCode code = wanted.code();
    Inputs inputs;
    Invocation makes;
    try {
      makes = worker.invocation(code);
      inputs =
          new Inputs(
              worker.codecs(code.registered()),
              worker.store(),
              this,
              makes,
              null,
              SharedValues.NONE);
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new WorkerException(
          "resource '%s' cannot be made on %s: %s".formatted(wanted.name(), worker.host(), e), e);
    }
    if (made.isEmpty()) {
      made = new HashMap<>();
    }
    open.add(inputs);
    @Nullable Object[] arguments = inputs.decode(code.captured(), wanted.arguments());
    Object resource;
    long begun = worker.ticker().nanos();
    try {
      resource = makes.call(arguments);
    } catch (Throwable e) {
      throw new WorkerException("resource '%s' cannot be made: %s".formatted(wanted.name(), e), e);
    } finally {
      nanos += worker.ticker().nanos() - begun;
    }
    if (resource instanceof AutoCloseable closeable) {
      open.add(closeable);
    }
    made.put(wanted.name(), resource);
    return resource;
  }

  /** How long the user's code took to make them, in nanoseconds: a part of what the unit took. */
  long nanos() {
    return nanos;
  }

  /** Closes what was made, the last first: it may have been made with what was made before. */
  @Override
  public void close() {
    Collections.reverse(open);
    Closing.closeAll(open);
  }
}
