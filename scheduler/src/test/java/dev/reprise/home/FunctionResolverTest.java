package dev.reprise.home;

import static dev.reprise.task.Tasks.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.reprise.cache.code.CodeFingerprint;
import dev.reprise.cache.code.CodeMemo;
import dev.reprise.cache.fingerprint.MetClasses;
import dev.reprise.cache.store.Manifest.Shape;
import dev.reprise.graph.PipelineException;
import dev.reprise.plan.TaskResolver;
import dev.reprise.task.TaskSpec;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The code of a task is all that may run with what can reach it. */
class FunctionResolverTest {
  private static final String ME = FunctionResolverTest.class.getName();

  interface Shape2d {
    int area();
  }

  record Square(int side) implements Shape2d {
    @Override
    public int area() {
      return side * side;
    }
  }

  static int total(List<Shape2d> shapes) {
    return shapes.stream().mapToInt(Shape2d::area).sum();
  }

  private static CodeFingerprint identify(TaskSpec spec, Class<?>... met) throws Exception {
    MetClasses classes = new MetClasses();
    List.of(met).forEach(classes::instance);
    try (FunctionResolver resolver = resolver()) {
      return resolver.identify(resolver.resolve("total", spec, Shape.ONE), spec, classes);
    }
  }

  /** Keyed by one class and run as another, a result would be wrong for all who are given it. */
  @Test
  void resolve_classIsNotTheOneThatUnitsRun_isRefusedAndSaysWhatToDo() throws Exception {
    TaskSpec spec = task(FunctionResolverTest::total).spec();
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    try (FunctionResolver resolver = resolver();
        OwnCopy copy = new OwnCopy()) {
      Thread.currentThread().setContextClassLoader(copy);
      assertThatExceptionOfType(PipelineException.class)
          .isThrownBy(() -> resolver.resolve("total", spec, Shape.ONE))
          .withMessageStartingWith(
              "step 'total': its class %s comes from class loader %s, and units would run the one of this name from the thread's context class loader, %s; set this"
                  .formatted(ME, FunctionResolverTest.class.getClassLoader(), copy));
      Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
      assertThatExceptionOfType(PipelineException.class)
          .isThrownBy(() -> resolver.resolve("total", spec, Shape.ONE))
          .withMessageContaining(
              "and units would not find it from the thread's context class loader");
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  /** Loads this class anew, as servers and tools that reload do. */
  private static final class OwnCopy extends URLClassLoader {
    OwnCopy() {
      super(
          new URL[] {
            FunctionResolverTest.class.getProtectionDomain().getCodeSource().getLocation()
          },
          FunctionResolverTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      Class<?> loaded = findLoadedClass(name);
      return loaded != null
          ? loaded
          : name.equals(ME) ? findClass(name) : super.loadClass(name, resolve);
    }
  }

  @Test
  void identify_classRegisteredWithTheTask_bringsItsOverrides() throws Exception {
    CodeFingerprint found =
        identify(task(FunctionResolverTest::total).register(Square.class).spec());
    assertThat(found.parts()).containsKey(ME + "$Square#area()int");
    assertThat(found.caveats()).isEmpty();
  }

  @Test
  void identify_classInWhatTheUserGave_bringsItsOverrides() throws Exception {
    CodeFingerprint found = identify(task(FunctionResolverTest::total).spec(), Square.class);
    assertThat(found.parts()).containsKey(ME + "$Square#area()int");
    assertThat(found.caveats()).isEmpty();
  }

  @Test
  void identify_classThatNobodyRegistered_isACaveat() throws Exception {
    CodeFingerprint found = identify(task(FunctionResolverTest::total).spec());
    assertThat(found.parts()).doesNotContainKey(ME + "$Square#area()int");
    assertThat(found.caveats())
        .containsExactly(
            "the task calls methods of "
                + ME
                + "$Shape2d, and no class of which instances may arrive is known; register the"
                + " classes");
  }

  @Test
  void resolve_lambdaIdentifiedByVersionAlone_isRefusedUnlessNamed() {
    var lambda = task(() -> "a").manualVersion("1");
    assertThatExceptionOfType(PipelineException.class)
        .isThrownBy(() -> resolve(lambda.spec()))
        .withMessageStartingWith(
            "step 'total': version '1' is all that its key has of its code, and " + ME + "#lambda$")
        .withMessageContaining("name the task with named(");
    assertThat(resolve(lambda.named("a").spec()).name()).isEqualTo("a");
    assertThat(resolve(lambda.uncached().spec()).name()).isEqualTo(ME + ".lambda");
    assertThat(resolve(task(FunctionResolverTest::total).manualVersion("1").spec()).name())
        .isEqualTo(ME + ".total");
  }

  private static TaskResolver.Resolved resolve(TaskSpec spec) {
    try (FunctionResolver resolver = resolver()) {
      return resolver.resolve("total", spec, Shape.ONE);
    }
  }

  private static FunctionResolver resolver() {
    InstantSource clock = InstantSource.system();
    return new FunctionResolver(1 << 10, CodeMemo.NONE, clock, new LoaderTimes(clock));
  }
}
