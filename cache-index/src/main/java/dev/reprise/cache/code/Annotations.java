package dev.reprise.cache.code;

import dev.reprise.cache.fingerprint.Hasher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.Type;
import org.objectweb.asm.tree.AnnotationNode;
import org.objectweb.asm.tree.ClassNode;
import org.objectweb.asm.tree.FieldNode;
import org.objectweb.asm.tree.MethodNode;
import org.objectweb.asm.tree.RecordComponentNode;
import org.objectweb.asm.tree.TypeAnnotationNode;

/**
 * The annotations of a class that are kept at run time, where a library could look for them: on the
 * class, its members, their parameters, and the types in all of these. The order of members does
 * not count.
 */
final class Annotations {
  private final SortedMap<String, List<AnnotationNode>> byPlace = new TreeMap<>();

  private Annotations() {}

  static Annotations of(ClassFile file) {
    Annotations all = new Annotations();
    ClassNode node = file.node();
    all.put("", node.visibleAnnotations);
    all.putTypes("", node.visibleTypeAnnotations);
    for (FieldNode each : node.fields) {
      all.put(each.name, each.visibleAnnotations);
      all.putTypes(each.name, each.visibleTypeAnnotations);
    }
    if (node.recordComponents != null) {
      for (RecordComponentNode each : node.recordComponents) {
        all.put("component " + each.name, each.visibleAnnotations);
        all.putTypes("component " + each.name, each.visibleTypeAnnotations);
      }
    }
    node.methods.stream().filter(each -> !ClassFile.isMade(each)).forEach(all::put);
    return all;
  }

  /** Whether a method or one of its parameters has an annotation that is kept at run time. */
  static boolean isOn(MethodNode method) {
    Annotations all = new Annotations();
    all.put(method);
    return !all.byPlace.isEmpty();
  }

  private void put(MethodNode method) {
    String place = method.name + method.desc;
    put(place, method.visibleAnnotations);
    putTypes(place, method.visibleTypeAnnotations);
    List<AnnotationNode>[] parameters = method.visibleParameterAnnotations;
    for (int i = 0; parameters != null && i < parameters.length; i++) {
      put(place + " " + i, parameters[i]);
    }
  }

  private void put(String place, @Nullable List<? extends AnnotationNode> annotations) {
    if (annotations != null && !annotations.isEmpty()) {
      byPlace.computeIfAbsent(place, each -> new ArrayList<>()).addAll(annotations);
    }
  }

  private void putTypes(String place, @Nullable List<TypeAnnotationNode> annotations) {
    if (annotations != null) {
      annotations.forEach(
          each -> put(place + " @" + each.typeRef + " " + each.typePath, List.of(each)));
    }
  }

  void write(Hasher to) {
    to.putLong(byPlace.size());
    byPlace.forEach(
        (place, annotations) -> {
          to.putString(place).putLong(annotations.size());
          annotations.stream()
              .sorted(Comparator.comparing(annotation -> annotation.desc))
              .forEach(annotation -> write(annotation, to));
        });
  }

  /** Writes the value of an element of an annotation; null if there is none. */
  static void write(@Nullable Object value, Hasher to) {
    if (value instanceof AnnotationNode nested) {
      to.putString(nested.desc);
      write(nested.values == null ? List.of() : nested.values, to);
    } else if (value instanceof List<?> values) {
      to.putLong(values.size());
      values.forEach(each -> write(each, to));
    } else if (value instanceof String[] enumConstant) {
      to.putString(enumConstant[0]).putString(enumConstant[1]);
    } else if (value instanceof Type type) {
      to.putString(type.getDescriptor());
    } else if (value instanceof Boolean || value instanceof Character) {
      to.putString(value.toString());
    } else if (value instanceof Number || value instanceof String) {
      Constants.write(
          value instanceof Byte || value instanceof Short ? ((Number) value).intValue() : value,
          to);
    }
  }

  /**
   * Hands on the types of all annotations, and the classes that they name for a library to use:
   * internal names.
   */
  void forEachType(Consumer<String> to) {
    byPlace.values().forEach(each -> types(each, to));
  }

  /** Hands on the classes in the value of an element of an annotation. */
  static void types(@Nullable Object value, Consumer<String> to) {
    if (value instanceof AnnotationNode annotation) {
      to.accept(Type.getType(annotation.desc).getInternalName());
      types(annotation.values, to);
    } else if (value instanceof List<?> values) {
      values.forEach(each -> types(each, to));
    } else if (value instanceof Type type && type.getSort() >= Type.ARRAY) {
      String name = Names.element(type.getInternalName());
      if (!name.isEmpty()) {
        to.accept(name);
      }
    }
  }
}
