/** The figures as an SVG: a bar for each row with its spread, the goal where there is one, and curves below. */
import type { Curve } from './findings.ts';
import { goals } from './goals.ts';
import type { Row } from './rows.ts';
import { summaryOf } from './rows.ts';

const width = 900;
const margin = 20;
const labelWidth = 170;
const barHeight = 18;
const rowHeight = 24;
const titleHeight = 34;
const curveHeight = 220;
const curveInset = 50;
/** Bars reach from 0 to this share of untapped. */
const maxShare = 1.25;

const style = `text{font:13px sans-serif;fill:#222}.title{font-weight:bold}.bar{fill:#4a7fb5}.other{fill:#9aa7b4}
.spread{stroke:#222;stroke-width:1.5}.goal{stroke:#c0392b;stroke-width:2}.one{stroke:#999;stroke-dasharray:3 3}
.curve{fill:none;stroke:#4a7fb5;stroke-width:2}.point{fill:#4a7fb5}.axis{stroke:#999}`;

/** Rows of tools that are not Podwire are grey. */
const others = new Set(['counting', 'tcpdump', 'httpry', 'tshark']);

export function pictureOf(rows: readonly Row[], curves: readonly Curve[]): string {
	const workloads = [...new Set(rows.map(({ workload }) => workload))];
	const parts: string[] = [];
	let y = margin;
	for (const workload of workloads) {
		const own = rows.filter((row) => row.workload === workload);
		parts.push(barsOf(workload, own, y));
		y += titleHeight + own.length * rowHeight;
	}
	for (const curve of curves) {
		parts.push(curveOf(curve, y));
		y += titleHeight + curveHeight;
	}
	const height = y + margin;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<style>${style}</style><rect width="${width}" height="${height}" fill="#fff"/>
${parts.join('\n')}
</svg>
`;
}

function barsOf(workload: string, rows: readonly Row[], top: number): string {
	const left = margin + labelWidth;
	const scale = (width - left - 4 * margin) / maxShare;
	const at = (share: number) => (left + Math.min(Math.max(share, 0), maxShare) * scale).toFixed(1);
	const bottom = top + titleHeight + rows.length * rowHeight - 6;
	const best = rows[0]?.best === 'least' ? ', less is better' : '';
	const title = `${workload}: ${rows[0]?.unit ?? ''}, of untapped${best}`;
	const bars = rows.map((row, index) => {
		const { ratio } = summaryOf(row);
		const y = top + titleHeight + index * rowHeight;
		const middle = y + barHeight / 2;
		const goal = goals.find(({ key }) => key === `${row.workload}/${row.observer}/ratio`);
		return [
			`<text x="${left - 8}" y="${y + 13}" text-anchor="end">${escaped(row.observer)}</text>`,
			`<rect class="${others.has(row.observer) ? 'other' : 'bar'}" x="${left}" y="${y}" height="${barHeight}" width="${(Number(at(ratio.median)) - left).toFixed(1)}"/>`,
			`<line class="spread" x1="${at(ratio.least)}" x2="${at(ratio.greatest)}" y1="${middle}" y2="${middle}"/>`,
			goal &&
				`<line class="goal" x1="${at(goal.limit)}" x2="${at(goal.limit)}" y1="${y - 2}" y2="${y + barHeight + 2}"/>`,
			`<text x="${width - margin}" y="${y + 13}" text-anchor="end">${ratio.median.toFixed(3)}</text>`,
		]
			.filter(Boolean)
			.join('');
	});
	const one = `<line class="one" x1="${at(1)}" x2="${at(1)}" y1="${top + titleHeight - 4}" y2="${bottom}"/>`;
	return [`<text class="title" x="${margin}" y="${top + 20}">${escaped(title)}</text>`, one, ...bars].join('\n');
}

function curveOf({ title, xLabel, yLabel, points }: Curve, top: number): string {
	const left = margin + curveInset;
	const [right, bottom] = [width - 2 * margin, top + titleHeight + curveHeight - curveInset];
	const maxX = Math.max(1, ...points.map(({ x }) => x));
	const maxY = Math.max(Number.MIN_VALUE, ...points.map(({ y }) => y)) * 1.1;
	const placed = points.map(({ x, y }) => ({
		x: (left + (x / maxX) * (right - left)).toFixed(1),
		y: (bottom - (Math.max(0, y) / maxY) * (bottom - top - titleHeight)).toFixed(1),
		ofX: x,
		ofY: y,
	}));
	const dots = placed.map(
		({ x, y, ofX, ofY }) =>
			`<circle class="point" cx="${x}" cy="${y}" r="3"/><text x="${x}" y="${Number(y) - 7}" text-anchor="middle">${ofY.toPrecision(3)}</text><text x="${x}" y="${bottom + 16}" text-anchor="middle">${ofX}</text>`,
	);
	return [
		`<text class="title" x="${margin}" y="${top + 20}">${escaped(`${title} (${yLabel})`)}</text>`,
		`<path class="axis" d="M${left} ${top + titleHeight} V${bottom} H${right}" fill="none"/>`,
		`<polyline class="curve" points="${placed.map(({ x, y }) => `${x},${y}`).join(' ')}"/>`,
		...dots,
		`<text x="${right}" y="${bottom + 32}" text-anchor="end">${escaped(xLabel)}</text>`,
	].join('\n');
}

function escaped(text: string): string {
	return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
