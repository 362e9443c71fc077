package dev.reprise.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.executor.ExecutorUnavailableException;
import dev.reprise.executor.TaskExecutor;
import dev.reprise.executor.WorkChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** An executor that starts is closed exactly once, whoever comes last. */
class StartupTest {
  private final AtomicInteger woken = new AtomicInteger();
  private final CountDownLatch starting = new CountDownLatch(1);
  private final AtomicInteger closes = new AtomicInteger();
  private volatile @Nullable Thread closedBy;
  private volatile boolean closedInterrupted;

  private interface Start {
    void start() throws ExecutorUnavailableException;
  }

  private Startup startup(Start start, java.util.concurrent.Executor threads) {
    return new Startup(name -> new Engine(start), threads, woken::incrementAndGet);
  }

  private final class Engine implements TaskExecutor {
    private final Start start;

    Engine(Start start) {
      this.start = start;
    }

    @Override
    public String name() {
      return "engine";
    }

    @Override
    public int window() {
      return 1;
    }

    @Override
    public void start() throws ExecutorUnavailableException {
      start.start();
    }

    @Override
    public void submit(WorkChunk chunk, AttemptListener listener) {}

    @Override
    public void cancel(long[] attempts) {}

    @Override
    public void close() {
      closes.incrementAndGet();
      closedBy = Thread.currentThread();
      closedInterrupted = Thread.currentThread().isInterrupted();
    }
  }

  @Test
  void begin_engineAnswers_isThereUntilItIsClosed() throws Exception {
    Startup.Starting engine = startup(() -> {}, Runnable::run).begin("engine");
    engine.check();
    assertThat(engine.executor()).isNotNull();
    assertThat(woken).hasValue(1);
    assertThat(closes).hasValue(0);
    engine.close();
    assertThat(closes).hasValue(1);
  }

  @Test
  void begin_startsAtOnce_isThereWithoutAThread() throws Exception {
    ExecutorOpener opener =
        new ExecutorOpener() {
          @Override
          public TaskExecutor open(String name) {
            return new Engine(() -> {});
          }

          @Override
          public boolean startsAtOnce(String name) {
            return name.equals("here");
          }
        };
    List<Runnable> threads = new ArrayList<>();
    Startup startup = new Startup(opener, threads::add, woken::incrementAndGet);

    assertThat(startup.begin("here").executor()).isNotNull();
    assertThat(threads).isEmpty();
    assertThat(startup.begin("far").pending()).isTrue();
    assertThat(threads).hasSize(1);
  }

  @Test
  void begin_engineCannotBeReached_isClosedAndSaysWhy() {
    Startup.Starting engine =
        startup(
                () -> {
                  throw new ExecutorUnavailableException("nobody answers", null);
                },
                Runnable::run)
            .begin("engine");
    assertThat(engine.executor()).isNull();
    assertThatExceptionOfType(ExecutorUnavailableException.class)
        .isThrownBy(engine::check)
        .withMessage("nobody answers");
    assertThat(woken).hasValue(1);
    engine.close();
    assertThat(closes).hasValue(1);
  }

  @Test
  void begin_errorOfOurOwn_isThrownWhereTheRunSeesIt() {
    Startup.Starting engine =
        startup(
                () -> {
                  throw new LinkageError("no such class");
                },
                Runnable::run)
            .begin("engine");
    assertThatExceptionOfType(LinkageError.class).isThrownBy(engine::check);
  }

  /** Scala throws checked exceptions that no signature declares. */
  @Test
  void begin_undeclaredException_isToldAndNobodyWaitsOn() {
    Startup.Starting engine =
        startup(
                () -> {
                  throw StartupTest.<RuntimeException>undeclared(new IOException("no room"));
                },
                Runnable::run)
            .begin("engine");
    assertThat(engine.pending()).isFalse();
    assertThatExceptionOfType(ExecutorUnavailableException.class)
        .isThrownBy(engine::check)
        .withMessage("executor 'engine' could not be started: java.io.IOException: no room");
    assertThat(woken).hasValue(1);
    assertThat(closes).hasValue(1);
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> E undeclared(Throwable e) throws E {
    throw (E) e;
  }

  /** What close() waits for would end at once on a thread that is still interrupted. */
  @Test
  void close_engineIsStarting_itsThreadIsInterruptedThenClosesItUndisturbedAndTellsNobody()
      throws Exception {
    AtomicReference<Thread> starter = new AtomicReference<>();
    AtomicBoolean interrupted = new AtomicBoolean();
    Startup startup =
        startup(
            () -> {
              starting.countDown();
              while (!Thread.currentThread().isInterrupted()) {
                Thread.onSpinWait(); // as code does that does not wait: the flag stays
              }
              interrupted.set(true);
            },
            work -> {
              starter.set(new Thread(work));
              starter.get().start();
            });
    Startup.Starting engine = startup.begin("engine");
    starting.await();
    engine.check();
    assertThat(engine.executor()).isNull();
    engine.close();
    starter.get().join();
    assertThat(interrupted).isTrue();
    assertThat(closes).hasValue(1);
    assertThat(closedBy).isSameAs(starter.get());
    assertThat(closedInterrupted).isFalse();
    assertThat(engine.executor()).isNull();
    assertThat(woken).hasValue(0);
  }
}
