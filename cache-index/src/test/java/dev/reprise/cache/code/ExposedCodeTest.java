package dev.reprise.cache.code;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What counts of a class that is handed to a library as a constant: all that reflection finds. */
class ExposedCodeTest {
  private static final Program MAPPED =
      Program.of(
          """
          class Delays {
            static Object task(String text) { return read(text, Config.class); }
            static Object read(String text, Class<?> type) { return type; }
          }
          """,
          """
          import java.util.*;
          public class Config extends Base implements Named {
            private Inner inner;
            List<Integer> ids;
            @Retained(by = Helper.class) private String kind;
            Config(@Retained("creator") int a) {}
            @Retained static Config of(Part part) { return part.make("factory"); }
            public void setShapes(List<? extends Shape> shapes) {}
            public void setTyped(Set<@Retained("type") String> texts) {}
            private List<Long> unrelated() { return null; }
          }
          """,
          """
          public class Base {
            @Retained("superclass") private int b;
            public void setBase(int b) { this.b = b + 11; }
            private int unrelated() { return 99; }
          }
          """,
          "interface Named { default String name() { return \"interface\"; } }",
          """
          public class Inner {
            @Retained("inner") int a;
            public void setA(int a) { this.a = a + 12; }
          }
          """,
          "record Part(@Retained(\"component\") List<Short> p) { Config make(String x) { return null; } }"
              .replace("List", "java.util.List"),
          "public class Helper { public Object convert(Object o) { return \"helper\"; } }",
          "sealed interface Shape permits Disc {}",
          "final class Disc implements Shape { public void setRadius(int r) { int x = r + 13; } }",
          """
          import java.lang.annotation.*;
          @Retention(RetentionPolicy.RUNTIME)
          @Target({ElementType.FIELD, ElementType.METHOD, ElementType.PARAMETER, ElementType.TYPE_USE,
              ElementType.RECORD_COMPONENT})
          @interface Retained { String value() default "usual"; Class<?> by() default Object.class; }
          """);

  private static boolean counts(Program program, String from, String to) {
    return !program.fingerprint().equals(program.edit(from, to).fingerprint());
  }

  @ParameterizedTest
  @CsvSource({
    "annotation of a constructor's parameter, creator, Creator",
    "body of an annotated factory, factory, Factory",
    "generic type of a field, List<Integer>, List<String>",
    "generic type of a setter's parameter, ? extends Shape, ? super Disc",
    "annotation of a type, '\"type\"', '\"Type\"'",
    "annotation of a superclass's field, superclass, Superclass",
    "setter of a superclass, b + 11, b + 21",
    "default method of an interface, '\"interface\"', '\"Interface\"'",
    "annotation of a field of a field's class, '\"inner\"', '\"Inner\"'",
    "setter of a field's class, a + 12, a + 22",
    "annotation of a record's component, '\"component\"', '\"Component\"'",
    "generic type of a record's component, List<Short>, List<Byte>",
    "class that an annotation names, '\"helper\"', '\"Helper\"'",
    "setter of what a setter takes, r + 13, r + 23",
    "default of an annotation, '\"usual\"', '\"Usual\"'",
  })
  void closure_whatALibraryFindsByReflection_counts(String what, String from, String to) {
    assertThat(counts(MAPPED, from, to)).as(what).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "private method of a superclass, 99, 98",
    "generic type of a private method, List<Long>, List<Byte>",
  })
  void closure_whatALibraryDoesNotUse_doesNotCount(String what, String from, String to) {
    assertThat(counts(MAPPED, from, to)).as(what).isFalse();
  }

  @Test
  void closure_annotationTypes_areNoCaveat() {
    assertThat(MAPPED.fingerprint().caveats()).isEmpty();
  }

  /**
   * The user gave the class as an argument, or captured it: the task's bytecode does not name it.
   */
  @Test
  void closure_classThatArrivesAsAValue_isHandedOn() {
    Program program =
        Program.of(
            "class Delays { static Object task(Class<?> type) { return type; } }",
            "public class Config { int x; public void setX(int x) { this.x = x + 11; } }");
    CodeHints given = new CodeHints(List.of(), List.of("com.acme.Config"), List.of(), List.of());
    Program edited = program.edit("x + 11", "x + 21");
    assertThat(edited.fingerprint(given)).isNotEqualTo(program.fingerprint(given));
    assertThat(edited.fingerprint()).isEqualTo(program.fingerprint());
  }

  /** As Jackson's {@code TypeReference} and Gson's {@code TypeToken} do. */
  @ParameterizedTest
  @CsvSource({
    "new org.tool.Token<List<Config>>() {}",
    "new Mine()",
    "new Ours<Config>() {}",
  })
  void closure_typeArgumentOfALibrarysClass_isHandedOn(String token) {
    Program program =
        Program.of(
            """
            import java.util.*;
            class Delays {
              static Object task(String text) { return org.tool.Token.read(text, TOKEN); }
              static class Mine extends org.tool.Token<Config> {}
              static class Ours<T> extends org.tool.Token<T> {}
            }
            """
                .replace("TOKEN", token),
            "public class Config { int x; public void setX(int x) { this.x = x + 11; } }",
            "public class Other { int y; }",
            """
            package org.tool;
            public abstract class Token<T> {
              public static <T> Object read(String text, Token<T> token) { return token; }
            }
            """);
    assertThat(counts(program, "x + 11", "x + 21")).isTrue();
    assertThat(counts(program, "Config>", "Other>")).isTrue();
    assertThat(counts(program, "int y", "int z")).isFalse();
  }

  /** A call that is harmless to the constant right before it says nothing of the one before. */
  @ParameterizedTest
  @CsvSource({
    "'register(Config.class, Delays.class.getName())'",
    "'register(Config.class, getLogger(\"svc\"))'",
    "'register(Config.class, getLogger())'",
  })
  void closure_constantBelowTheArgumentsOfAHarmlessCall_isHandedOn(String call) {
    Program program =
        Program.of(
            """
            class Delays {
              public static class Config { int x; public void setX(int x) { this.x = x + 11; } }
              static Object task() { return CALL; }
              static Object register(Class<?> type, Object more) { return type; }
              static Object getLogger(String name) { return name; }
              static Object getLogger() { return ""; }
            }
            """
                .replace("CALL", call));
    assertThat(counts(program, "x + 11", "x + 21")).isTrue();
  }
}
