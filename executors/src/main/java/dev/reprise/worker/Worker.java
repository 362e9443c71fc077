package dev.reprise.worker;

import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.code.MethodRef;
import dev.reprise.cache.codec.Codecs;
import dev.reprise.cache.codec.RegisteredTypes;
import dev.reprise.cache.store.ResultStore;
import dev.reprise.executor.TaskCode;
import dev.reprise.executor.TaskCode.Kind;
import dev.reprise.executor.TaskExecutor.AttemptListener;
import dev.reprise.executor.WorkChunk;
import dev.reprise.executor.WorkChunk.UnitWork;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Runs units on this machine with the user's code from one class loader. One worker serves any
 * number of steps and threads; what it finds out about a task's code it keeps.
 */
public final class Worker {
  private final String id;
  private final ResultStore store;
  private final ClassLoader userCode;
  private final Ticker ticker;
  private final String host;
  private final String codeFrom;
  private final Errors errors;
  private final ConcurrentMap<Call, Invocation> invocations;
  private final ConcurrentMap<List<String>, Codecs> codecs;
  private final @Nullable TableForm tables;
  private final MemoryBudget memory;

  /**
   * @param id tells the files of this worker from those of another one that runs the same attempt:
   *     1 to 60 letters, digits, {@code .}, {@code _} and {@code -}
   * @param store where arguments come from and results go
   * @param userCode finds the user's classes
   * @param host name of this machine, for people
   */
  public Worker(String id, ResultStore store, ClassLoader userCode, Ticker ticker, String host) {
    this.id = id;
    this.store = store;
    this.userCode = userCode;
    this.ticker = ticker;
    this.host = host;
    codeFrom = "";
    errors = new Errors(host, codeFrom);
    invocations = new ConcurrentHashMap<>();
    codecs = new ConcurrentHashMap<>();
    tables = null;
    memory = MemoryBudget.ofHeap(ticker);
  }

  private Worker(
      String id, Worker other, String codeFrom, @Nullable TableForm tables, MemoryBudget memory) {
    this.codeFrom = codeFrom;
    errors = new Errors(other.host, codeFrom);
    this.tables = tables;
    this.memory = memory;
    this.id = id;
    store = other.store;
    userCode = other.userCode;
    ticker = other.ticker;
    host = other.host;
    invocations = other.invocations;
    codecs = other.codecs;
  }

  /**
   * Returns this worker by another id, for an engine that may run an attempt twice in one process.
   * What either finds out about a task's code, both know.
   */
  public Worker named(String other) {
    return new Worker(other, this, codeFrom, tables, memory);
  }

  /** Returns this worker for user code that takes and returns tables in an engine's own form. */
  public Worker withTables(TableForm form) {
    return new Worker(id, this, codeFrom, form, memory);
  }

  /** Returns this worker with another budget for results that the store does not take. */
  Worker withMemory(MemoryBudget budget) {
    return new Worker(id, this, codeFrom, tables, budget);
  }

  /**
   * Returns this worker, which says where it has the user's classes from when one is missing.
   *
   * @param place for people
   */
  public Worker withCodeFrom(String place) {
    return new Worker(id, this, place, tables, memory);
  }

  private record Call(MethodRef method, Kind kind) {}

  /**
   * Returns what runs units of the chunk's step. If the step's code cannot be had here, that is
   * what every unit is answered with. Loads the user's classes but initializes none.
   */
  public UnitRunner runner(WorkChunk chunk) {
    TaskCode code = chunk.code();
    try {
      return new TaskRunner(this, chunk, invocation(code), codecs(code.registered()));
    } catch (Throwable e) {
      // Whatever a broken class does when it is loaded: the worker lives on.
      String what = "task %s cannot run on %s: %s%s".formatted(code.method(), host, e, wayOut(e));
      return new BrokenRunner(errors.describe(new WorkerException(what, e)));
    }
  }

  private String wayOut(Throwable e) {
    int java = Runtime.version().feature();
    if (e instanceof UnsupportedClassVersionError) {
      return "; there is Java %s: run it everywhere with the Java that it is compiled for, or compile it with --release %s"
          .formatted(java, java);
    }
    return e instanceof ClassNotFoundException || e instanceof NoClassDefFoundError
        ? Errors.addTheJar(codeFrom)
        : "";
  }

  /**
   * Runs the units of a chunk one after the other on the calling thread; one that fails, fails
   * alone.
   */
  public void runAll(WorkChunk chunk, AttemptListener listener) {
    UnitRunner runner = runner(chunk);
    for (UnitWork work : chunk.units()) {
      RunningUnit unit = new RunningUnit(chunk.run(), chunk.step(), work.label(), work.attempt());
      listener.started(work.attempt());
      listener.finished(work.attempt(), runner.run(work, unit));
    }
  }

  Invocation invocation(TaskCode code) throws ReflectiveOperationException {
    Call call = new Call(code.method(), code.kind());
    Invocation found = invocations.get(call);
    if (found == null) {
      found = Invocation.find(call.method(), call.kind(), userCode);
      invocations.put(call, found);
    }
    return found;
  }

  Codecs codecs(List<String> registered) throws ClassNotFoundException {
    Codecs found = codecs.get(registered);
    if (found == null) {
      RegisteredTypes types = RegisteredTypes.named(registered, userCode);
      found = Codecs.of(types).withFilePlaces(ScratchFolders::forCurrentUnit);
      codecs.put(registered, found);
    }
    return found;
  }

  /** Name of the temporary files of an attempt. */
  String fileName(long attempt) {
    return attempt + "-" + id;
  }

  /** How user code gets tables; null for {@link dev.reprise.cache.codec.ArrowTable}. */
  @Nullable TableForm tables() {
    return tables;
  }

  ResultStore store() {
    return store;
  }

  /** Whether there is a class of this name among the user's code; it is not initialised. */
  boolean has(String className) {
    try {
      Class.forName(className, false, userCode);
      return true;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }

  ClassLoader userCode() {
    return userCode;
  }

  Ticker ticker() {
    return ticker;
  }

  String host() {
    return host;
  }

  /** For results that the store does not take. */
  MemoryBudget memory() {
    return memory;
  }

  Errors errors() {
    return errors;
  }
}
