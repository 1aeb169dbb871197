/** What a template of `-o jsonpath=` is made of. */

export type TemplateNode =
	| { readonly kind: 'text'; readonly text: string }
	| { readonly kind: 'value'; readonly path: Path }
	| { readonly kind: 'range'; readonly path: Path; readonly body: readonly TemplateNode[] };

/** From the current value: the exchange, or within a range its element. */
export type Path = readonly Step[];

export type Step =
	| { readonly kind: 'field'; readonly name: string }
	| { readonly kind: 'wildcard' }
	/** The value itself, and every one within. */
	| { readonly kind: 'recursive' }
	/** Negative ones count from the end; null: from the beginning, to the end. */
	| { readonly kind: 'slice'; readonly start: number | null; readonly end: number | null; readonly step: number }
	| { readonly kind: 'index'; readonly index: number }
	| { readonly kind: 'union'; readonly paths: readonly Path[] }
	| { readonly kind: 'filter'; readonly filter: Filter };

export type Scalar = string | number | boolean | null;
export type Operand = { readonly path: Path } | { readonly value: Scalar };
export type Operator = '==' | '!=' | '<' | '<=' | '>' | '>=';
export type Filter =
	| { readonly test: 'exists'; readonly left: Operand }
	| { readonly test: 'match'; readonly left: Operand; readonly pattern: RegExp }
	| { readonly test: 'compare'; readonly left: Operand; readonly operator: Operator; readonly right: Operand };
