package dev.reprise.api;

import static dev.reprise.cache.base.Checks.checkState;
import static java.util.Objects.requireNonNull;

import dev.reprise.cache.base.HostName;
import dev.reprise.cache.base.Text;
import dev.reprise.cache.base.ThreadAlarms;
import dev.reprise.cache.base.Ticker;
import dev.reprise.cache.claim.InProcessClaims;
import dev.reprise.cache.claim.Lease;
import dev.reprise.cache.index.IndexLockedException;
import dev.reprise.home.EarlierRuns;
import dev.reprise.home.Home;
import dev.reprise.home.HomeOptions;
import dev.reprise.home.HomeOptions.Access;
import dev.reprise.home.Quiet;
import dev.reprise.home.Session;
import dev.reprise.home.Submissions;
import dev.reprise.journal.JournalBases;
import dev.reprise.journal.JournalWriter;
import dev.reprise.journal.RunHistory;
import dev.reprise.journal.RunIds;
import dev.reprise.run.Resume;
import dev.reprise.run.ResumeException;
import dev.reprise.run.RunListener;
import dev.reprise.run.RunListener.PlanSummary;
import dev.reprise.run.RunListener.PublishPlan;
import dev.reprise.run.RunListener.RunHeader;
import dev.reprise.run.RunListener.RunSummary;
import dev.reprise.run.RunLoop;
import dev.reprise.run.RunOptions;
import dev.reprise.run.RunState;
import dev.reprise.run.RunView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Plans and runs pipelines, and keeps what they make. One driver holds its home's index; it may run
 * several pipelines at once, and equal units of them run once.
 *
 * <p>May be used from several threads. Close it after the runs' results were read.
 */
public final class Driver implements AutoCloseable {
  private final Home home;
  private final Clock clock;
  private final RunIds ids;
  private final ThreadAlarms alarms = new ThreadAlarms("reprise-claims");
  private final InProcessClaims claims;
  private final Map<String, Run> running = new ConcurrentHashMap<>();

  /** Ends of runs of other processes that somebody here waits for. */
  private final List<CompletableFuture<RunSummary>> awaited = new CopyOnWriteArrayList<>();

  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

  private final JournalBases bases = JournalBases.usual();

  /** What would take away what runs read happens only while none goes on. */
  private final Quiet quiet = new Quiet();

  // Guards `closed`. Plans and submissions share it, and closing has it alone: none of them meets
  // a closed home.
  private final ReentrantReadWriteLock lifetime = new ReentrantReadWriteLock();
  private boolean closed;

  private Driver(Home home, Clock clock, RandomGenerator random) {
    this.home = home;
    this.clock = clock;
    this.ids = new RunIds(clock, random);
    this.claims = new InProcessClaims(Ticker.system(), alarms, Lease.asked(home.options().lease()));
  }

  /**
   * Opens a driver. A home that cannot be written is no error: runs then keep nothing and say so.
   *
   * @param command what this process runs, told to others who wait for the index
   * @throws IndexLockedException if another process holds the index and does not let go in time
   */
  public static Driver open(HomeOptions options, String command) throws IndexLockedException {
    return open(options, command, Clock.systemUTC());
  }

  static Driver open(HomeOptions options, String command, Clock clock) throws IndexLockedException {
    return of(Home.open(options, command, clock), clock);
  }

  /** A driver that closes the home with itself. */
  static Driver of(Home home, Clock clock) {
    return new Driver(home, clock, new SplittableRandom());
  }

  /** Opens a driver that reads and writes {@code home}, as {@link #open(HomeOptions, String)}. */
  public static Driver open(Path home) throws IndexLockedException {
    return open(HomeOptions.at(home), "");
  }

  /**
   * What a plan came to.
   *
   * @param view has each unit's outcome or reason
   * @param exitCode of a run, if it would end before any unit runs, as with a cache that is
   *     required and damaged; 0 if it would begin
   * @param message why it would end so; empty if it would begin
   * @param resumes id of the run that it goes on from; null if there is none
   * @param publications what a run would put at paths of the user's
   */
  public record Plan(
      RunView view,
      PlanSummary summary,
      int exitCode,
      String message,
      @Nullable String resumes,
      List<PublishPlan> publications) {}

  /**
   * Plans without running anything and without contacting an engine.
   *
   * @throws dev.reprise.graph.PipelineException if the pipeline is not valid
   * @throws ResumeException if the run that it is to go on from does not serve
   * @throws IllegalStateException if the driver is closed
   */
  public Plan plan(Pipeline pipeline, RunOptions options, RunListener... listeners) {
    return whileOpen(
        () -> {
          quiet.enter();
          try {
            return planNow(pipeline, options, listeners);
          } finally {
            quiet.leave();
          }
        });
  }

  private Plan planNow(Pipeline pipeline, RunOptions options, RunListener... listeners) {
    RunHeader header = header(pipeline, options);
    try (Session session = session(pipeline, header, List.of(listeners))) {
      RunLoop loop = session.loop();
      PlanSummary summary = loop.plan();
      Resume resume = header.options().resume();
      return new Plan(
          loop.view(),
          summary,
          loop.exitCode(),
          loop.message(),
          resume == null ? null : resume.run(),
          loop.publications());
    }
  }

  /**
   * Begins a run and returns; it goes on in a thread of its own. Values of the user's are taken as
   * they are now: what changes after this has returned changes a later run. With an idempotency key
   * that a run was submitted with before, that run is returned ({@link Run#isEarlier}, unless it
   * goes on here), and the listeners hear nothing.
   *
   * @throws dev.reprise.graph.PipelineException if the pipeline is not valid
   * @throws ResumeException if the run that it is to go on from does not serve
   * @throws IllegalStateException if the driver is closed
   */
  public Run submit(Pipeline pipeline, RunOptions options, RunListener... listeners) {
    return whileOpen(
        () -> {
          quiet.enter();
          @Nullable Submitted submitted = null;
          try {
            submitted = submitNow(pipeline, options, listeners);
            return submitted.run;
          } finally {
            if (submitted == null || !submitted.begins) {
              quiet.leave();
            }
          }
        });
  }

  /**
   * What came of a submission.
   *
   * @param begins whether it is a run that begins, not one that was there with its key
   */
  private record Submitted(Run run, boolean begins) {}

  private Submitted submitNow(Pipeline pipeline, RunOptions options, RunListener... listeners) {
    RunHeader header = header(pipeline, options);
    List<RunListener> all = new ArrayList<>(List.of(listeners));
    if (home.writable()) {
      Path folder = new RunHistory(home.options().runsFolder()).folder(header.run());
      all.add(0, new JournalWriter(folder, clock, bases));
    }
    Session session = session(pipeline, header, all);
    CompletableFuture<RunSummary> end = new CompletableFuture<>();
    Run run =
        new Run(
            header.run(),
            pipeline,
            header.options().partitions(),
            Run.of(session.loop()),
            home.store(),
            end);
    running.put(run.id(), run); // before others can learn its id from its key
    boolean begins = false;
    try {
      Run earlier = earlier(pipeline, header, session);
      if (earlier != null) {
        return new Submitted(earlier, false);
      }
      begins = true;
    } finally {
      if (!begins) {
        running.remove(run.id());
      }
    }
    Thread thread = new Thread(() -> run(session, run.id(), end), "reprise-run-" + run.id());
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    try {
      thread.start();
    } catch (Throwable e) { // as when the system gives no more threads: nobody would end it
      running.remove(run.id());
      session.close();
      end.completeExceptionally(e); // somebody may wait who submitted the same key
      throw e;
    }
    return new Submitted(run, true);
  }

  /**
   * The run that was submitted before with the same idempotency key; null if this is the first, or
   * there is none.
   */
  private @Nullable Run earlier(Pipeline pipeline, RunHeader header, Session session) {
    String key = header.options().idempotencyKey();
    if (key.isEmpty()) {
      return null;
    }
    boolean ours = false;
    try {
      if (!home.writable()) {
        throw new IOException("the home cannot be written");
      }
      Submissions submissions = new Submissions(home.options().runsFolder(), clock);
      String id = submissions.runOf(header.scope(), key, header.run());
      ours = id.equals(header.run());
      return ours ? null : joined(id, pipeline, header.options(), session);
    } catch (IOException e) {
      throw new ResumeException(
          "whether a run was submitted with idempotency key %s cannot be known: %s"
              .formatted(Text.quote(key), e.getMessage()),
          e);
    } finally {
      if (!ours) {
        session.close();
      }
    }
  }

  private Run joined(String id, Pipeline pipeline, RunOptions options, Session session) {
    Set<String> partitions = options.partitions();
    Run here = running.get(id);
    if (here != null) {
      here.checkSame(pipeline, partitions);
      return here;
    }
    EarlierRun course = new EarlierRun(id, home, pipeline, partitions, session.loop(), clock);
    course.checkSame();
    CompletableFuture<RunSummary> end = new CompletableFuture<>();
    awaited.removeIf(CompletableFuture::isDone);
    awaited.add(end);
    return new Run(
        id,
        pipeline,
        partitions,
        course,
        home.store(),
        course.watch(alarms, options.timeout(), end));
  }

  private <T> T whileOpen(Supplier<T> work) {
    lifetime.readLock().lock();
    try {
      checkState(!closed, "the driver is closed; open another");
      return work.get();
    } finally {
      lifetime.readLock().unlock();
    }
  }

  /** Begins a run with the default options, as {@link #submit}. */
  public Run submit(Pipeline pipeline) {
    return submit(pipeline, RunOptions.DEFAULT);
  }

  /**
   * The runs that go on here, in the order of their ids, which begin with the time of their
   * submission; without those of other processes. The list is as of now and does not change.
   */
  public List<Run> runs() {
    return running.values().stream().sorted(Comparator.comparing(Run::id)).toList();
  }

  /** What a person should know about the home, such as a damaged index; empty if all is well. */
  public List<String> warnings() {
    return home.warnings();
  }

  private void run(Session session, String id, CompletableFuture<RunSummary> end) {
    RunSummary summary = null;
    Throwable broken = null;
    threads.add(Thread.currentThread());
    home.runBegins(id);
    try (session) {
      summary = session.loop().run();
      home.sync();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      broken = e;
    } catch (Throwable e) { // also a checked one that nobody declares: somebody waits for the end
      broken = e;
    }
    threads.remove(Thread.currentThread());
    // Whoever waits may close the home now: the session has let go of it.
    running.remove(id);
    if (broken == null) {
      end.complete(requireNonNull(summary));
    } else {
      end.completeExceptionally(broken);
    }
    if (summary == null || summary.state() == RunState.CANCELLED) {
      quiet.leave(); // somebody waits for the end
    } else {
      quiet.leave(home::runEnded);
    }
  }

  private Session session(Pipeline pipeline, RunHeader header, List<RunListener> listeners) {
    return Session.of(home, pipeline.graph(), pipeline.publications(), header, claims, listeners);
  }

  private RunHeader header(Pipeline pipeline, RunOptions options) {
    Resume resume = options.resume();
    return new RunHeader(
        ids.next(),
        pipeline.name(),
        pipeline.parameters(),
        resume == null ? options : options.withResume(find(resume, pipeline)),
        System.getProperty("user.name", ""),
        HostName.find(),
        ProcessHandle.current().pid(),
        clock.instant(),
        home.options().scope().name(),
        home.options().ownStore());
  }

  private Resume find(Resume resume, Pipeline pipeline) {
    RunHistory history = new RunHistory(home.options().runsFolder());
    String wanted = resume.run();
    for (String id : running.keySet()) { // its journal may not have begun
      if (id.startsWith(wanted) || id.endsWith(wanted)) {
        throw new ResumeException("run %s goes on; wait for its end, or cancel it".formatted(id));
      }
    }
    return EarlierRuns.find(
        history, resume, pipeline.name(), home.options().scope(), HostName.find(), clock.instant());
  }

  /**
   * Cancels the runs that go on, waits for the end of each, and closes the home. Waits also if this
   * thread is interrupted, and leaves it so: cancelled runs end within seconds. Probes of runs and
   * plans that are being prepared are interrupted, and who prepares them is told that the driver is
   * closed. Closing again does nothing.
   *
   * @throws IllegalStateException if one of them ended in an internal error; or if a listener calls
   *     this, which would wait for itself: close the driver where the run is awaited
   */
  @Override
  public void close() {
    checkState(
        lifetime.getReadHoldCount() == 0 && !threads.contains(Thread.currentThread()),
        "a listener cannot close the driver, which would wait for it; close it where the run is awaited");
    home.endPreparing(); // who submits or plans now has the lock, and may wait for probes
    lifetime.writeLock().lock();
    try {
      if (closed) {
        return;
      }
      closed = true;
    } finally {
      lifetime.writeLock().unlock();
    }
    List<Run> open = List.copyOf(running.values());
    open.forEach(Run::cancel);
    try {
      awaitAll(open);
    } finally {
      IllegalStateException why = new IllegalStateException("the driver was closed before");
      awaited.forEach(end -> end.completeExceptionally(why));
      quiet.await();
      home.close();
      alarms.close();
    }
  }

  private static void awaitAll(List<Run> runs) {
    IllegalStateException broken = null;
    for (Run run : runs) {
      try {
        awaitUndisturbed(run);
      } catch (IllegalStateException e) {
        if (broken == null) {
          broken = e;
        } else {
          broken.addSuppressed(e);
        }
      }
    }
    if (broken != null) {
      throw broken;
    }
  }

  private static void awaitUndisturbed(Run run) {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          run.await();
          return;
        } catch (InterruptedException e) {
          interrupted = true; // for the caller, once nobody uses the home any more
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** What the driver may do with its index. */
  public Access access() {
    return home.options().access();
  }
}
