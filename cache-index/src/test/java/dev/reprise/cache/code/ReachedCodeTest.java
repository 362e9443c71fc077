package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which methods belong to a task, and which do not. */
class ReachedCodeTest {
  @TempDir private static Path temporary;

  private static boolean counts(Program program, String from, String to) {
    return counts(program, from, to, CodeHints.NONE);
  }

  private static boolean counts(Program program, String from, String to, CodeHints hints) {
    return !program
        .fingerprint(hints)
        .digest()
        .equals(program.edit(from, to).fingerprint(hints).digest());
  }

  private static CodeHints crossing(String... classes) {
    return new CodeHints(List.of(classes), List.of(), List.of(), List.of());
  }

  private static final Program SHAPES =
      Program.of(
          """
          class Delays {
            interface Shape { int area(); default int twice() { return 2 * area(); } }
            static class Square implements Shape { public int area() { return 11; } }
            static class Circle implements Shape {
              public int area() { return 12; }
              public int twice() { return 13; }
            }
            static int task(int x) { return other(new Square()); }
            static int other(Shape shape) { return shape.twice(); }
            static Shape unreached() { return new Circle(); }
          }
          """);

  @Test
  void closure_overrideInCreatedClass_counts() {
    assertThat(counts(SHAPES, "11", "21")).isTrue();
  }

  @Test
  void closure_defaultMethodThatCreatedClassInherits_counts() {
    assertThat(counts(SHAPES, "2 * area", "3 * area")).isTrue();
  }

  /** What a package keeps to itself, nobody outside overrides. */
  private static final Program PACKAGES =
      Program.of(
          """
          package com.acme.kept;
          public class Base {
            String hook() { return "base"; }
            public String task() { return hook(); }
          }
          """,
          """
          class Delays {
            static class Sub extends com.acme.kept.Base {
              protected String hook() { return "sub"; }
            }
            static String task(int x) { return new Sub().task() + new com.acme.kept.Base().task(); }
          }
          """);

  @Test
  void closure_methodOfAPackage_countsAlthoughASubclassElsewhereHasOneOfThatName() {
    assertThat(counts(PACKAGES, "\"base\"", "\"other\"")).isTrue();
  }

  @Test
  void closure_methodOfAPackageOpenedToSubclasses_counts() {
    assertThat(counts(PACKAGES, "  String hook()", "  protected String hook()")).isTrue();
  }

  @Test
  void closure_privateMethodOpenedToSubclasses_counts() {
    Program program = PACKAGES.edit("  String hook()", "  private String hook()");

    assertThat(counts(program, "  private String hook()", "  protected String hook()")).isTrue();
    assertThat(counts(program, "  private String hook()", "  String hook()")).isTrue();
  }

  @Test
  void closure_methodOpenToSubclassesThatBecomesPublic_doesNotCount() {
    Program program =
        PACKAGES.edit("String hook()", "public String hook()").edit("protected public", "public");
    Program narrow =
        program.edit(
            "  public String hook() { return \"base\"",
            "  protected String hook() { return \"base\"");

    assertThat(narrow.fingerprint(CodeHints.NONE).digest())
        .isEqualTo(program.fingerprint(CodeHints.NONE).digest());
  }

  @Test
  void closure_defaultMethodThatASuperCallMeans_isThatOfTheMostSpecificInterface() {
    Program program =
        Program.of(
            """
            class Delays {
              interface A { default int m() { return 11; } }
              interface B extends A { default int m() { return 12; } }
              static class C implements A, B {}
              static class D extends C { public int m() { return super.m(); } }
              static int task() { return new D().m(); }
            }
            """);
    assertThat(counts(program, "12", "22")).isTrue();
    assertThat(counts(program, "11", "21")).isFalse();
  }

  @Test
  void closure_interfaceThatALambdaImplementsAsWell_answersCalls() {
    Program program =
        Program.of(
            """
            class Delays {
              interface A { default int f() { return 11; } }
              interface B extends A { default int f() { return 12; } }
              static int task() { Runnable r = (Runnable & B) () -> {}; return ((A) r).f(); }
            }
            """);
    assertThat(counts(program, "12", "22")).isTrue();
  }

  @Test
  void closure_overrideInClassNeverCreated_doesNotCount() {
    assertThat(counts(SHAPES, "12", "22")).isFalse();
  }

  @Test
  void closure_overrideInClassThatMayArrive_counts() {
    CodeHints hints = crossing("com.acme.Delays$Circle");
    assertThat(counts(SHAPES, "12", "22", hints)).isTrue();
    assertThat(counts(SHAPES, "13", "23", hints)).isTrue();
  }

  @Test
  void closure_classOfFieldOfArgument_mayArrive() {
    Program program =
        Program.of(
            """
            import java.util.*;
            class Delays {
              static class Model { List<Tree> trees; }
              static class Tree { Leaf[] leaves; int score() { return leaves[0].score(); } }
              static class Leaf { int score() { return 11; } }
              static class Odd extends Leaf { int score() { return 12; } }
              static int task(Optional<Model> model) { return model.get().trees.get(0).score(); }
            }
            """);
    assertThat(counts(program, "11", "21")).isTrue();
    assertThat(counts(program, "12", "22")).isFalse();
    assertThat(counts(program, "12", "22", crossing("com.acme.Delays$Odd"))).isTrue();
  }

  @Test
  void closure_subclassesOfSealedArgument_mayArrive() {
    Program program =
        Program.of(
            """
            class Delays {
              sealed interface Shape permits Square, Circle { int area(); }
              record Square(int side) implements Shape { public int area() { return 11; } }
              record Circle(int r) implements Shape { public int area() { return 12; } }
              static int task(Shape shape) { return shape.area(); }
            }
            """);
    assertThat(counts(program, "12", "22")).isTrue();
    assertThat(program.fingerprint().caveats()).isEmpty();
  }

  @Test
  void closure_argumentOfOpenTypeWithoutKnownClass_isACaveat() {
    Program program =
        Program.of(
            """
            class Delays {
              interface Shape { int area(); }
              record Square(int area) implements Shape {}
              static int task(Shape shape) { return shape.area(); }
            }
            """);
    assertThat(program.fingerprint().caveats())
        .containsExactly(
            "the task calls methods of com.acme.Delays$Shape, and no class of which instances may"
                + " arrive is known; register the classes");
    assertThat(program.fingerprint(crossing("com.acme.Delays$Square")).caveats()).isEmpty();
  }

  @Test
  void closure_methodThatLibraryTypesCallBack_counts() {
    Program program =
        Program.of(
            """
            import java.util.*;
            class Delays {
              static class Order implements Comparator<String> {
                public int compare(String a, String b) { return helper(a, b); }
                private static int helper(String a, String b) { return a.length() - b.length() + 11; }
                int unrelated() { return 12; }
              }
              static class Name {
                public String toString() { return "13"; }
                public String unrelated() { return "14"; }
              }
              static String task(List<String> all) {
                all.sort(new Order());
                return new Name() + "";
              }
            }
            """);
    assertThat(counts(program, "11", "21")).isTrue();
    assertThat(counts(program, "12", "22")).isFalse();
    assertThat(counts(program, "13", "23")).isTrue();
    assertThat(counts(program, "14", "24")).isFalse();
  }

  @Test
  void closure_callbackInheritedByAnonymousClass_counts() {
    Program program =
        Program.of(
            """
            import java.util.*;
            class Delays {
              static abstract class Base implements Comparator<String> {
                public int compare(String a, String b) { return 11 + weight(); }
                abstract int weight();
                void unrelated() { hashCode(); }
              }
              static void task(List<String> all) {
                all.sort(new Base() { int weight() { return 1; } });
              }
            }
            """);
    assertThat(counts(program, "11", "21")).isTrue();
    assertThat(counts(program, "hashCode", "toString")).isFalse();
  }

  @Test
  void closure_bridgeOfGenericMethod_leadsToTheMethodBehindIt() {
    Program program =
        Program.of(
            """
            class Delays {
              static abstract class Step<T> { abstract T run(T in); }
              static class Twice extends Step<Integer> {
                Integer run(Integer in) { return 11 * in; }
              }
              static Object task(int in) { Step<Integer> step = new Twice(); return step.run(in); }
            }
            """);
    assertThat(counts(program, "11", "21")).isTrue();
  }

  @Test
  void closure_referencesToMethodsAndConstructors_count() {
    Program program =
        Program.of(
            """
            import java.util.function.*;
            class Delays {
              static class Made { int x; Made() { x = 11; } int get() { return 12; } }
              private static int hidden(int x) { return 13; }
              static Object task(int in) {
                Supplier<Made> make = Made::new;
                Function<Made, Integer> get = Made::get;
                IntUnaryOperator hide = Delays::hidden;
                return get.apply(make.get()) + hide.applyAsInt(1);
              }
            }
            """);
    assertThat(counts(program, "11", "21")).isTrue();
    assertThat(counts(program, "12", "22")).isTrue();
    assertThat(counts(program, "13", "23")).isTrue();
  }

  @Test
  void closure_lambdasAndSerialisableLambdasInLambdas_count() {
    Program program =
        Program.of(
            """
            import java.io.Serializable;
            import java.util.function.*;
            class Delays {
              interface Op extends IntUnaryOperator, Serializable {}
              static int task(int in) {
                IntFunction<Op> outer = a -> { Op inner = b -> Deep.deep(a + b); return inner; };
                return outer.apply(1).applyAsInt(in);
              }
            }
            """,
            "class Deep { static int deep(int x) { return x + 11; } }");
    assertThat(counts(program, "11", "21")).isTrue();
  }

  @Test
  void closure_defaultMethodOfOwnFunctionalInterface_counts() {
    Program program =
        Program.of(
            """
            class Delays {
              interface Base { int run(int x); default int twice(int x) { return 11; } }
              interface Op extends Base { default int twice(int x) { return run(12); } }
              static int task(int in) { Base op = (Op) x -> x + 1; return op.twice(in); }
            }
            """);
    assertThat(counts(program, "12", "22")).isTrue();
  }

  @Test
  void closure_tryWithResourcesTextBlocksSwitchesAndInnerClasses_count() {
    Program program =
        Program.of(
            """
            import java.util.*;
            class Delays {
              private final int field = 10;
              class Inner implements AutoCloseable {
                int get() { return field + 11; }
                @Override public void close() { System.out.print(12); }
              }
              static String task(String word) {
                try (Inner inner = new Delays().new Inner()) {
                  String text = \"""
                      thirteen
                      \""";
                  return switch (word) { case "a" -> text; case "b" -> "" + inner.get(); default -> "c"; };
                }
              }
            }
            """);
    for (String piece : List.of("10", "11", "12", "thirteen", "\"b\"", "\"c\"")) {
      assertThat(counts(program, piece, piece.replaceAll("\\w", "9"))).as(piece).isTrue();
    }
  }

  @Test
  void closure_inheritedStaticMethodAndField_areFoundInTheSuperclass() {
    Program program =
        Program.of(
            """
            class Delays {
              static class Base { static int count = 11; static int get() { return 12; } }
              static class Sub extends Base { static int other = 13; }
              static int task() { return Sub.count + Sub.get(); }
            }
            """);
    assertThat(counts(program, "11", "21")).isTrue();
    assertThat(counts(program, "12", "22")).isTrue();
  }

  @Test
  void closure_mutualRecursion_ends() {
    Program program =
        Program.of(
            """
            class Delays {
              static int task(int x) { return x == 0 ? 11 : other(x - 1); }
              static int other(int x) { return x == 0 ? 12 : task(x - 1); }
            }
            """);
    assertThat(counts(program, "12", "22")).isTrue();
  }

  @Test
  void closure_localClassThatIsCreated_countsWhole() {
    Program program =
        Program.of(
            """
            class Delays {
              static Object task() {
                class Local {
                  int a() { return 11; }
                  int b() { return a() + new Object() { int c() { return 12; } }.c(); }
                }
                return new Local();
              }
            }
            """);
    assertThat(counts(program, "11", "21")).isTrue();
    assertThat(counts(program, "12", "22")).isTrue();
  }

  @Test
  void closure_instanceOfAnonymousClassFromOutside_countsWhole() {
    Program program =
        Program.of(
            """
            import java.util.*;
            class Delays {
              static void task(Comparator<String> order, List<String> all) { all.sort(order); }
              static Object define() {
                return new Comparator<String>() {
                  public int compare(String a, String b) { return Deep.deep(11); }
                };
              }
            }
            """,
            "class Deep { static int deep(int x) { return x + 12; } }");
    assertThat(counts(program, "11", "21")).isFalse();
    assertThat(counts(program, "11", "21", crossing("com.acme.Delays$1"))).isTrue();
    assertThat(counts(program, "12", "22", crossing("com.acme.Delays$1"))).isTrue();
  }

  @Test
  void closure_packageWithOtherFirstSegments_isALibrary() {
    Program program =
        Program.of(
            "class Delays { static int task() { return acme.Util.help(); } }",
            "package acme; public class Util { public static int help() { return 1; } static int x() { return 2; } }");
    assertThat(program.fingerprint().parts()).containsKey("package acme");
    assertThat(counts(program, "return 2", "return 3")).isTrue();
  }

  @Test
  void closure_methodOfTheJdk_isItsNameAlone() throws Exception {
    try (ClassSource source = ClassSource.of(ClassLoader.getSystemClassLoader())) {
      CodeFingerprint fingerprint =
          new CodeFingerprinter(source).closure(new MethodRef("java.lang.Math", "abs", "(I)I"));
      assertThat(fingerprint.parts()).containsOnlyKeys("java.lang.Math#abs(int)int");
    }
  }

  @Test
  void body_changedHelper_doesNotCount() throws Exception {
    assertThat(body(SHAPES)).isEqualTo(body(SHAPES.edit("11", "21")));
    assertThat(body(SHAPES)).isNotEqualTo(body(SHAPES.edit("other(new", "3 + other(new")));
  }

  @Test
  void body_whatItCallsAndHides_areCaveats() throws Exception {
    Program program =
        Program.of(
            """
            class Delays {
              static int task() throws Exception {
                Runnable inside = () -> Delays.class.getResource("x");
                return help() + Integer.parseInt("1") + Class.forName(System.getenv("x")).getModifiers();
              }
              static int help() { return 1; }
            }
            """);
    String end = ": of code identity 'body' that is no part; change the task's version with it";
    assertThat(body(program).caveats())
        .containsExactly(
            "com.acme.Delays#task()int calls com.acme.Delays#help()int" + end,
            "com.acme.Delays#task()int calls java.lang.Class#forName" + end);
  }

  private static CodeFingerprint body(Program program) throws Exception {
    Path folder = Files.createTempDirectory(temporary, "body");
    try (URLClassLoader loader = Program.loader(program.compile(folder));
        ClassSource source = ClassSource.of(loader)) {
      return new CodeFingerprinter(source).body(Program.task(loader));
    }
  }
}
