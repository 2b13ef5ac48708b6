import ts from 'typescript';

const FORMAT =
  ts.TypeFormatFlags.NoTruncation |
  ts.TypeFormatFlags.InTypeAlias |
  ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType |
  ts.TypeFormatFlags.MultilineObjectLiterals;

/**
 * What `wire.ts` exports, written out: users of the package get the wire's shapes without the schemas that they follow from,
 * and without the library of those. Types with parameters stand as they are written.
 */
export function wireDeclarations(program: ts.Program, wire: ts.SourceFile): string {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(wire);
  if (!module) throw new Error(`${wire.fileName} exports nothing`);
  return checker
    .getExportsOfModule(module)
    .map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      const [declaration] = target.declarations ?? [];
      const isGeneric =
        declaration &&
        (ts.isTypeAliasDeclaration(declaration) || ts.isInterfaceDeclaration(declaration)) &&
        declaration.typeParameters;
      if (isGeneric) return declaration.getText();
      const text = checker.typeToString(checker.getDeclaredTypeOfSymbol(target), undefined, FORMAT);
      return `export type ${symbol.name} = ${text};`;
    })
    .join('\n');
}
