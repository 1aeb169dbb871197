// Writes the field and enum numbers of podwire.proto as a C++ header, so that the schema has one home.
// Usage: node proto/generate-fields.mjs PROTO HEADER
import { readFileSync, writeFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const [protoPath, headerPath] = process.argv.slice(2);
const root = protobuf.parse(readFileSync(protoPath, 'utf8'), { keepCase: true }).root;
const schema = root.lookup('podwire.v1');

const lines = [
	'// Generated from proto/podwire.proto; not to be edited.',
	'#pragma once',
	'',
	'#include <cstdint>',
	'',
	'#include <protozero/types.hpp>',
	'',
	'namespace podwire::wire {',
];

for (const type of schema.nestedArray) {
	if (type instanceof protobuf.Enum) {
		lines.push('', `enum class ${type.name} : std::int32_t {`);
		for (const [name, number] of Object.entries(type.values)) lines.push(`  ${name} = ${number},`);
		lines.push('};');
	} else if (type instanceof protobuf.Type) {
		lines.push('', `enum class ${type.name}Field : protozero::pbf_tag_type {`);
		for (const field of type.fieldsArray) lines.push(`  ${field.name}_ = ${field.id},`);
		lines.push('};');
	}
}

lines.push('', '}  // namespace podwire::wire', '');
writeFileSync(headerPath, lines.join('\n'));
